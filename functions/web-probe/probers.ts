// Which probe a module asks for. One that no module asks for is never loaded.
import {
  type DnsModule,
  type GrpcModule,
  type HttpModule,
  type Probe,
  type Reading,
  type Target,
  type TcpModule,
  tryProbe,
  type WebModule,
} from '@fargaze/core/internal';
import { probeWeb } from './probe.ts';

/** Probes a target by its module's prober, as often as its module says. */
export const probeByModule: Probe<Target<WebModule>> = (target, env) =>
  tryProbe(probeOnce, target, env);

const probeOnce: Probe<Target<WebModule>> = async (target, env) => {
  switch (target.module.prober) {
    case 'http':
      if (target.module.steps === undefined) return probeWeb(target as Target<HttpModule>, env);
      return loaded(import('./steps.ts'), ({ probeSteps }) =>
        probeSteps(target as Target<HttpModule>, env),
      );
    case 'tcp':
      return loaded(import('./tcp/probe.ts'), ({ probeTcp }) =>
        probeTcp(target as Target<TcpModule>, env),
      );
    case 'dns':
      return loaded(import('./dns/probe.ts'), ({ probeDns }) =>
        probeDns(target as Target<DnsModule>, env),
      );
    case 'grpc':
      return loaded(import('./grpc/probe.ts'), ({ probeGrpc }) =>
        probeGrpc(target as Target<GrpcModule>, env),
      );
  }
};

async function loaded<M>(room: Promise<M>, probe: (room: M) => Promise<Reading>): Promise<Reading> {
  return probe(await room);
}
