// Where an API of AWS is: as the SDK finds it from the environment, in every partition, with FIPS and dual-stack addresses.
// Refuses a request for one of these beside an address that is set, which may be neither.
import { readEnv, SourceError } from '@fargaze/core/internal';

/** As the SDK calls a service in variables. */
const variableIds: Readonly<Record<string, string>> = {
  apigateway: 'API_GATEWAY',
  aps: 'AMP',
  autoscaling: 'AUTO_SCALING',
  dms: 'DATABASE_MIGRATION_SERVICE',
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
const plainInGovCloud = ['monitoring', 'autoscaling', 'dms', 'ec2', 'sts'];

/** The address of `service`, by its name in addresses, e.g. `monitoring`. @throws SourceError where no address fits. */
export function endpoint(service: string, region: string): URL {
  const id = variableIds[service] ?? service.toUpperCase();
  const set = readEnv(`AWS_ENDPOINT_URL_${id}`) ?? readEnv('AWS_ENDPOINT_URL');
  const fips = isTrue('AWS_USE_FIPS_ENDPOINT');
  const dual = isTrue('AWS_USE_DUALSTACK_ENDPOINT');
  if (set !== undefined) {
    if (fips || dual) throw refuse(service, fips ? 'FIPS' : 'DUALSTACK');
    return new URL(set);
  }
  const { domain, dualStack } = partitionOf(region);
  const known = region.startsWith('us-gov-') ? plainInGovCloud.slice(0, dual ? 1 : undefined) : [];
  const suffix = fips && !known.includes(service) ? '-fips' : '';
  return new URL(`https://${service}${suffix}.${region}.${dual ? dualStack : domain}/`);
}

function partitionOf(region: string) {
  return partitions.find(({ regions }) => region.startsWith(regions)) ?? usual;
}

function isTrue(variable: string): boolean {
  return readEnv(variable)?.toLowerCase() === 'true';
}

function refuse(service: string, kind: string): SourceError {
  const message = `AWS_USE_${kind}_ENDPOINT and an AWS_ENDPOINT_URL are set, want one of them`;
  return new SourceError(`${service}: ${message}`, { operation: service, retryable: false });
}
