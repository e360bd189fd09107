// Where a profile of ~/.aws/config has AWS called, outside Lambda: its settings under the names of the variables that say the
// same. Files are read by the SDK's own reader. Refuses a list of services that is not there.
import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { readEnv, SourceError, showValue } from '@fargaze/core/internal';

/** Settings of a profile by the variable that means the same. */
export type ProfileSettings = ReadonlyMap<string, string>;

/** Keys of a profile, and variables that mean the same. */
const variables = {
  endpoint_url: 'AWS_ENDPOINT_URL',
  ignore_configured_endpoint_urls: 'AWS_IGNORE_CONFIGURED_ENDPOINT_URLS',
  use_dualstack_endpoint: 'AWS_USE_DUALSTACK_ENDPOINT',
  use_fips_endpoint: 'AWS_USE_FIPS_ENDPOINT',
} as const;

/** Of no profile. */
export const noSettings: ProfileSettings = new Map();

let latest: { readonly of: string; readonly settings: Promise<ProfileSettings> } | undefined;

/** Those of the profile in use, read once in a process. @throws SourceError */
export async function profileSettings(): Promise<ProfileSettings> {
  if (readEnv('AWS_LAMBDA_FUNCTION_NAME') !== undefined) return noSettings;
  const files = [
    readEnv('AWS_CONFIG_FILE') ?? join(homedir(), '.aws', 'config'),
    readEnv('AWS_SHARED_CREDENTIALS_FILE') ?? join(homedir(), '.aws', 'credentials'),
  ];
  const profile = readEnv('AWS_PROFILE') ?? 'default';
  const of = [profile, ...files].join('\u0000');
  if (latest?.of !== of) {
    const settings = files.some((file) => existsSync(file))
      ? readSettings(profile)
      : Promise.resolve(noSettings);
    latest = { of, settings };
  }
  return latest.settings;
}

async function readSettings(profile: string): Promise<ProfileSettings> {
  const { loadSharedConfigFiles } = await import('@smithy/core/config');
  const { configFile, credentialsFile } = await loadSharedConfigFiles({ ignoreCache: true });
  const own = { ...credentialsFile[profile], ...configFile[profile] };
  const { services } = own;
  const list = services === undefined ? {} : configFile[`services.${services}`];
  if (list === undefined) {
    const message = `profile ${profile} names the services ${showValue(services)}, want a section [services ${services}]`;
    throw new SourceError(message, { operation: 'profile', retryable: false });
  }
  const set = new Map<string, string>();
  for (const [key, variable] of Object.entries(variables)) {
    const value = own[key];
    if (value) set.set(variable, value);
  }
  for (const [key, address] of Object.entries(list)) {
    const [, service] = /^(\w+)\.endpoint_url$/.exec(key) ?? [];
    if (service !== undefined && address) {
      set.set(`${variables.endpoint_url}_${service.toUpperCase()}`, address);
    }
  }
  return set;
}

/** What a message calls a setting, by the variable that means the same. */
export function settingName(variable: string): string {
  if (readEnv(variable) !== undefined) return variable;
  const [key] = Object.entries(variables).find(([, one]) => one === variable) ?? ['endpoint_url'];
  return `${key} of the profile`;
}
