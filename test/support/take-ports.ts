// Takes as many ports as its argument says, writes them as JSON and keeps them until its input ends.
import { freePort } from '../../local/programs/ports.ts';

async function takePorts(count: number): Promise<void> {
  const ports: number[] = [];
  while (ports.length < count) ports.push(await freePort());
  process.stdout.write(`${JSON.stringify(ports)}\n`);
  process.stdin.resume();
}

void takePorts(Number(process.argv[2]));
