// What Grafana's provisioning of alerting takes, written down from its reader (grafana/grafana at 13.2,
// pkg/services/provisioning/alerting: rules_types.go, contact_point_types.go, notification_policy_types.go,
// text_templates_types.go; grafana/alerting, receivers/*/config.go). Closed: Grafana ignores a key that it does not know,
// so a mistyped one must fail here.
import * as v from 'valibot';

const text = v.pipe(v.string(), v.minLength(1));
const orgId = v.literal(1);
// pkg/util/shortid_generator.go
const uid = v.pipe(v.string(), v.regex(/^[a-zA-Z0-9_-]{1,40}$/));
const duration = v.pipe(v.string(), v.regex(/^(?:0|(?:\d+(?:ms|[smhdwy]))+)$/));
/** Grafana's scheduler ticks every ten seconds. */
const interval = v.pipe(v.string(), v.regex(/^(?:[1-9]\d*0s|[1-9]\d*m)$/));
const range = v.strictObject({ from: v.number(), to: v.number() });
const expression = v.strictObject({ type: v.literal('__expr__'), uid: v.literal('__expr__') });

const prometheus = v.strictObject({
  refId: text,
  relativeTimeRange: range,
  datasourceUid: v.literal('prometheus'),
  model: v.strictObject({
    refId: text,
    expr: text,
    instant: v.literal(true),
    range: v.literal(false),
  }),
});
const serverSide = v.strictObject({
  refId: text,
  datasourceUid: v.literal('__expr__'),
  model: v.variant('type', [
    v.strictObject({
      refId: text,
      type: v.literal('math'),
      expression: text,
      datasource: expression,
    }),
    v.strictObject({
      refId: text,
      type: v.literal('threshold'),
      expression: text,
      conditions: v.tuple([
        v.strictObject({
          evaluator: v.strictObject({ type: v.literal('gt'), params: v.tuple([v.number()]) }),
        }),
      ]),
      datasource: expression,
    }),
  ]),
});

const rule = v.strictObject({
  uid,
  title: v.pipe(text, v.maxLength(190)),
  condition: text,
  data: v.array(v.variant('datasourceUid', [prometheus, serverSide])),
  noDataState: v.picklist(['NoData', 'Alerting', 'OK', 'KeepLast']),
  execErrState: v.picklist(['Error', 'Alerting', 'OK', 'KeepLast']),
  for: duration,
  keepFiringFor: v.optional(duration),
  // Both or neither: Grafana refuses a rule that has one of them.
  dashboardUid: text,
  panelId: v.pipe(v.number(), v.minValue(1)),
  missing_series_evals_to_resolve: v.pipe(v.number(), v.minValue(0)),
  annotations: v.record(text, text),
  labels: v.record(v.pipe(text, v.regex(/^[a-zA-Z_]\w*$/)), text),
});

const group = v.strictObject({ orgId, name: text, folder: text, interval, rules: v.array(rule) });

const texts = { title: v.optional(text), message: v.optional(text) };
const receiver = v.variant('type', [
  v.strictObject({
    uid,
    type: v.literal('sns'),
    settings: v.strictObject({
      topic_arn: v.pipe(text, v.startsWith('arn:')),
      sigv4: v.strictObject({ region: text }),
      subject: text,
      message: text,
    }),
  }),
  v.strictObject({
    uid,
    type: v.literal('email'),
    settings: v.strictObject({
      addresses: v.pipe(text, v.regex(/@/)),
      singleEmail: v.boolean(),
      subject: text,
      message: text,
    }),
  }),
  v.strictObject({
    uid,
    type: v.literal('slack'),
    settings: v.strictObject({ url: text, title: text, text }),
  }),
  v.strictObject({
    uid,
    type: v.literal('pagerduty'),
    settings: v.strictObject({ integrationKey: text, severity: text, summary: text }),
  }),
  v.strictObject({
    uid,
    type: v.literal('opsgenie'),
    settings: v.strictObject({ apiKey: text, message: text, description: text }),
  }),
  v.strictObject({
    uid,
    type: v.literal('teams'),
    settings: v.strictObject({ url: text, title: text, message: text }),
  }),
  v.strictObject({
    uid,
    type: v.literal('webhook'),
    settings: v.strictObject({ url: text, httpMethod: v.picklist(['POST', 'PUT']), ...texts }),
  }),
]);
const contactPoint = v.strictObject({
  orgId,
  name: text,
  receivers: v.pipe(v.array(receiver), v.minLength(1)),
});

const times = {
  group_by: v.optional(v.array(text)),
  group_wait: v.optional(duration),
  group_interval: v.optional(duration),
  repeat_interval: v.optional(duration),
};
const matcher = v.tuple([text, v.picklist(['=', '!=', '=~', '!~']), text]);
const route = v.strictObject({
  receiver: text,
  object_matchers: v.pipe(v.array(matcher), v.minLength(1)),
  ...times,
});
const policy = v.strictObject({ orgId, receiver: text, routes: v.array(route), ...times });

const template = v.strictObject({ orgId, name: text, template: text });

/** One file below provisioning/alerting. */
export const provisioningFile = v.strictObject({
  apiVersion: v.literal(1),
  groups: v.optional(v.array(group)),
  contactPoints: v.optional(v.array(contactPoint)),
  policies: v.optional(v.array(policy)),
  templates: v.optional(v.array(template)),
});

/** What such a file holds. */
export type ProvisioningFile = v.InferOutput<typeof provisioningFile>;
