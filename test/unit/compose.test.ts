// local/compose.yaml says of each container what its task definition says.
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { declaredContainers } from '../../scripts/intrinsics.ts';

type Service = Readonly<Record<string, unknown>> & {
  readonly environment: Readonly<Record<string, string>>;
};

const text = readFileSync('local/compose.yaml', 'utf8');
const services: Readonly<Record<string, Service>> = parse(text).services;
const declared = Object.entries(declaredContainers()).flatMap(([task, containers]) =>
  containers.map((container) => ({ name: `${task}-${container.Name}`, container })),
);

/** As Compose hands a text on to the container. */
const handedOn = (value: unknown) =>
  JSON.parse(JSON.stringify(value ?? null).replaceAll('$$', '$'));

it('holds every container of every task, and no other', () => {
  expect(declared.length).toBeGreaterThan(10);
  expect(Object.keys(services).sort()).toEqual(declared.map(({ name }) => name).sort());
});

it.each(declared)('$name is the same there and here', ({ name, container }) => {
  const service = services[name] as Service;
  expect(service).toMatchObject({
    image: container.Image,
    user: container.User,
    read_only: true,
    cap_drop: ['ALL'],
  });
  expect(handedOn(service.entrypoint)).toEqual(container.EntryPoint ?? null);
  expect(handedOn(service.command)).toEqual(container.Command ?? null);
  const health = service.healthcheck as { readonly test?: unknown } | undefined;
  expect(handedOn(health?.test)).toEqual(container.HealthCheck?.Command ?? null);
  const names = [...(container.Environment ?? []), ...(container.Secrets ?? [])];
  expect(Object.keys(service.environment).sort()).toEqual(names.map(({ Name }) => Name).sort());
  for (const { Name, Value } of container.Environment ?? []) {
    if (Name !== 'CONFIG_TGZ') expect(handedOn(service.environment[Name])).toBe(Value);
  }
});

it('holds no secret and no bundle, and opens ports to this machine only', () => {
  for (const { name, container } of declared) {
    for (const { Name } of container.Secrets ?? []) {
      expect(services[name]?.environment[Name]).toMatch(/^\$\{[A-Z_]+:\?/);
    }
    const ports = (services[name]?.ports ?? []) as readonly string[];
    for (const port of ports) expect(port).toMatch(/^127\.0\.0\.1:/);
  }
  expect(text).not.toContain('H4sI');
});
