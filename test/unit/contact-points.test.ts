// Contact points as a task finds them: what is not configured is gone, and what remains is what Grafana reads.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { parse } from 'yaml';
import { type ProvisioningFile, provisioningFile } from '../support/grafana-alerting-schema.ts';

const directory = 'infra/config/grafana/provisioning/alerting';
const read = (text: string) => v.parse(provisioningFile, parse(text));

const filled = {
  ALERT_SNS_TOPIC_ARN: 'arn:aws:sns:eu-west-1:111122223333:alarms',
  ALERT_EMAIL: 'a@example.com',
  ALERT_SLACK: '1',
  ALERT_PAGERDUTY: '1',
  ALERT_OPSGENIE: '1',
  ALERT_TEAMS: '1',
  ALERT_WEBHOOK: '1',
};

/** The files as a task finds them that was started with these `tokens`. */
function unpack(tokens: Readonly<Record<string, string>>): Record<string, ProvisioningFile> {
  const target = mkdtempSync(join(tmpdir(), 'fargaze-alerting-'));
  try {
    cpSync(directory, target, { recursive: true });
    cpSync('infra/config/unpack.sh', join(target, 'unpack.sh'));
    const env = Object.entries(tokens).map(([name, value]) => [`TOKEN_${name}`, value]);
    execFileSync('sh', [join(target, 'unpack.sh'), target], {
      env: { PATH: '/usr/bin:/bin', ...Object.fromEntries(env) },
      stdio: 'pipe',
    });
    const files = readdirSync(target);
    return Object.fromEntries(
      files.map((file) => [file, read(readFileSync(join(target, file), 'utf8'))]),
    );
  } finally {
    rmSync(target, { recursive: true });
  }
}
const none: Readonly<Record<string, string>> = Object.fromEntries(
  Object.keys(filled).map((name) => [name, '']),
);
const types = (files: Record<string, ProvisioningFile>) =>
  files['contact-points.yml']?.contactPoints?.[0]?.receivers.map(({ type }) => type);

const ways = {
  ALERT_SNS_TOPIC_ARN: 'sns',
  ALERT_EMAIL: 'email',
  ALERT_SLACK: 'slack',
  ALERT_PAGERDUTY: 'pagerduty',
  ALERT_OPSGENIE: 'opsgenie',
  ALERT_TEAMS: 'teams',
  ALERT_WEBHOOK: 'webhook',
} as const;
const names = Object.keys(ways) as (keyof typeof ways)[];

/** Each way by itself, all but each, and all. */
const choices = [
  ...names.flatMap((one) => [[one], names.filter((name) => name !== one)]),
  names,
].map((chosen) => {
  const set = Object.fromEntries(chosen.map((name) => [name, filled[name]]));
  return { name: chosen.map((way) => ways[way]).join(', '), set, want: chosen.map((n) => ways[n]) };
});

it.each(choices)('are those that are configured: $name', ({ set, want }) => {
  const files = unpack({ ...none, ...set, ALERT_ANY: '1', REGION: 'eu-west-1' });
  expect(types(files)).toEqual(want);
  const points = files['contact-points.yml']?.contactPoints?.map(({ name }) => name);
  const policies = files['policies.yml']?.policies ?? [];
  const receivers = policies.flatMap(({ receiver, routes }) => [
    receiver,
    ...routes.map((route) => route.receiver),
  ]);
  expect([...new Set(receivers)]).toEqual(points);
  expect(JSON.stringify(files)).not.toMatch(/__[A-Z]/);
});

it('and policies are left out when none is', () => {
  const files = unpack({ ...none, ALERT_ANY: '', REGION: 'eu-west-1' });
  expect([files['contact-points.yml'], files['policies.yml']]).toEqual([
    { apiVersion: 1 },
    { apiVersion: 1 },
  ]);
  expect((files['rules.yml']?.groups ?? []).length).toBeGreaterThan(5);
});

it('that nobody decided on stop the start of the task', () => {
  expect(() => unpack({ ALERT_ANY: '1', REGION: 'r' })).toThrow(/ALERT_SNS_TOPIC_ARN/);
  const all: Record<string, string> = { ...none, ALERT_ANY: '1', REGION: 'r' };
  const { ALERT_SLACK: _, ...forgotten } = all;
  expect(() => unpack(forgotten)).toThrow(/ALERT_SLACK/);
});
