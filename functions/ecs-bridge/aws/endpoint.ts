// Where an API of AWS is: as the SDK finds it from environment and profile, in every partition, with FIPS and dual-stack addresses.
// Refuses a request for one of these beside an address that is set, which may be neither.
import { parseUrl, readEnv, SourceError, showValue } from '@fargaze/core/internal';
import { noSettings, type ProfileSettings, settingName } from './profile.ts';

/** As the SDK calls a service in variables. */
const variableIds: Readonly<Record<string, string>> = {
  apigateway: 'API_GATEWAY',
  aps: 'AMP',
  autoscaling: 'AUTO_SCALING',
  dms: 'DATABASE_MIGRATION_SERVICE',
  elasticloadbalancing: 'ELASTIC_LOAD_BALANCING_V2',
  monitoring: 'CLOUDWATCH',
  storagegateway: 'STORAGE_GATEWAY',
  tagging: 'RESOURCE_GROUPS_TAGGING_API',
};

/** Domains of a partition by the beginning of its regions. */
const partitions = [
  { regions: 'cn-', domain: 'amazonaws.com.cn', dualStack: 'api.amazonwebservices.com.cn' },
  { regions: 'eusc-', domain: 'amazonaws.eu', dualStack: 'api.amazonwebservices.eu' },
  { regions: 'us-iso-', domain: 'c2s.ic.gov', dualStack: 'api.aws.ic.gov' },
  { regions: 'us-isob-', domain: 'sc2s.sgov.gov', dualStack: 'api.aws.scloud' },
  { regions: 'eu-isoe-', domain: 'cloud.adc-e.uk', dualStack: 'api.cloud-aws.adc-e.uk' },
  { regions: 'us-isof-', domain: 'csp.hci.ic.gov', dualStack: 'api.aws.hci.ic.gov' },
] as const;

/** Those of all other regions. */
const usual = { domain: 'amazonaws.com', dualStack: 'api.aws' } as const;

/** Services whose usual addresses in GovCloud are FIPS endpoints; of the first one also the dual-stack address. */
const plainInGovCloud = ['monitoring', 'autoscaling', 'dms', 'ec2', 'elasticloadbalancing', 'sts'];

/** What of a service is called, and what the profile says of addresses; environment variables count more. */
type Place = { readonly path: string; readonly settings: ProfileSettings };

/**
 * The URL of `path`, with its query, at `service`; the path of an address that is set stands before it.
 * @throws SourceError where no address fits.
 */
export function endpoint(
  service: string,
  region: string,
  { path = '/', settings = noSettings }: Partial<Place> = {},
): URL {
  const set = addressSet(service, settings);
  const fips = isTrue('AWS_USE_FIPS_ENDPOINT', service, settings);
  const dual = isTrue('AWS_USE_DUALSTACK_ENDPOINT', service, settings);
  // It becomes a part of the host that signed requests are sent to.
  if (!/^(?!fips-)[a-z\d]+(-[a-z\d]+)*(?<!-fips)$/.test(region)) {
    throw refuse(service, `the region is ${showValue(region)}, want one such as eu-west-1`);
  }
  if (set !== undefined) {
    const kind = settingName(`AWS_USE_${fips ? 'FIPS' : 'DUALSTACK'}_ENDPOINT`);
    const both = `${kind} and an AWS_ENDPOINT_URL are set, want one of them`;
    if (fips || dual) throw refuse(service, both);
    return new URL(`${set.origin}${set.pathname.replace(/\/$/, '')}${path}`);
  }
  const { domain, dualStack } = partitionOf(region);
  const known = region.startsWith('us-gov-') ? plainInGovCloud.slice(0, dual ? 1 : undefined) : [];
  const suffix = fips && !known.includes(service) ? '-fips' : '';
  return new URL(path, `https://${service}${suffix}.${region}.${dual ? dualStack : domain}/`);
}

/** The address that is set: first by a variable, then by the profile; each first of the service. */
function addressSet(service: string, settings: ProfileSettings): URL | undefined {
  if (isTrue('AWS_IGNORE_CONFIGURED_ENDPOINT_URLS', service, settings)) return undefined;
  const own = `AWS_ENDPOINT_URL_${variableIds[service] ?? service.toUpperCase()}`;
  const names = [own, 'AWS_ENDPOINT_URL'];
  const name = names.find((one) => readEnv(one)) ?? names.find((one) => settings.has(one));
  if (name === undefined) return undefined;
  const text = readEnv(name) ?? settings.get(name) ?? '';
  const url = parseUrl(text);
  if (url !== undefined && /^https?:/i.test(text)) return url;
  const wanted = 'want one such as http://localhost:4566';
  throw refuse(service, `${settingName(name)} is no address, ${wanted}`);
}

function partitionOf(region: string) {
  return partitions.find(({ regions }) => region.startsWith(regions)) ?? usual;
}

/** Takes no other word, as the SDK: a misspelt request for FIPS must not lead elsewhere unnoticed. */
function isTrue(variable: string, service: string, settings: ProfileSettings): boolean {
  const value = (readEnv(variable) ?? settings.get(variable))?.toLowerCase() ?? 'false';
  if (value === 'true' || value === 'false') return value === 'true';
  throw refuse(service, `${settingName(variable)} is ${showValue(value)}, want true or false`);
}

function refuse(service: string, why: string): SourceError {
  return new SourceError(`${service}: ${why}`, { operation: service, retryable: false });
}
