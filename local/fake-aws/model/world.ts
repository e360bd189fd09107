// Finds and makes the places of the simulated cloud: accounts, regions, clusters. Names that are unknown are refused.

import { seedOf } from '../metrics/seed.ts';
import { createSeriesTable } from '../metrics/series-table.ts';
import type { Account, Cluster, Region, Service, Timing, World } from './types.ts';

/** Where something lives; the world's defaults when left out. */
export type Scope = { readonly account?: string; readonly region?: string };

/** Names a service. */
export type ServiceRef = Scope & { readonly cluster: string; readonly service: string };

/** How long the steps of a task's life take by default. */
export const defaultTiming: Timing = { provision: 5, pull: 10, start: 5, drain: 10, stop: 15 };

/** The account `id`, made on first use. @throws RangeError unless it has 12 digits. */
export function findAccount(world: World, id: string): Account {
  const known = world.accounts.get(id);
  if (known !== undefined) return known;
  if (!/^\d{12}$/.test(id)) throw new RangeError(`account ${id}, want 12 digits`);
  const account: Account = {
    id,
    alias: undefined,
    roles: undefined,
    sources: new Set(),
    regions: new Map(),
  };
  world.accounts.set(id, account);
  return account;
}

/** The region of an account, made on first use: an AWS account has every region. */
export function findRegion(world: World, place: Scope): Region {
  const account = findAccount(world, place.account ?? world.defaults.account);
  const name = place.region ?? world.defaults.region;
  const known = account.regions.get(name);
  if (known !== undefined) return known;
  const region: Region = {
    name,
    account,
    clusters: new Map(),
    deletedClusters: new Map(),
    definitions: new Map(),
    series: createSeriesTable(seedOf(`${world.seed}/${account.id}/${name}`)),
    resources: new Map(),
    lists: new Map(),
  };
  account.regions.set(name, region);
  return region;
}

/** A cluster by name. @throws RangeError when there is none. */
export function findCluster(world: World, ref: Scope & { readonly cluster: string }): Cluster {
  const region = findRegion(world, ref);
  const cluster = region.clusters.get(ref.cluster);
  if (cluster === undefined) {
    throw new RangeError(`no cluster ${ref.cluster} in ${region.account.id} ${region.name}`);
  }
  return cluster;
}

/** A service by name. @throws RangeError when there is none. */
export function findService(world: World, ref: ServiceRef): Service {
  const service = findCluster(world, ref).services.get(ref.service);
  if (service === undefined) {
    throw new RangeError(`no service ${ref.service} in cluster ${ref.cluster}`);
  }
  return service;
}
