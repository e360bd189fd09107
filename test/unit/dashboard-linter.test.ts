// The rules of Grafana's dashboard-linter, from its documentation, on our boards: whoever imports one can point it at a
// data source, jobs and instances of their own.
import { allPanels, type BoardFile, panelQueries, readBoards } from '../support/boards.ts';

/** What a rule finds wrong with a board. */
type Rule = (board: BoardFile) => string[];

type Variable = {
  readonly name: string;
  readonly type: string;
  readonly label?: string;
  readonly query: string;
  readonly datasource?: { readonly uid: string };
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly refresh?: number;
};

const variables = ({ templating }: BoardFile) => templating.list as readonly Variable[];
const visible = (board: BoardFile) => allPanels(board).filter(({ type }) => type !== 'row');
const sources = (value: object) =>
  [...JSON.stringify(value).matchAll(/"datasource":(\{"type":"[^"]*","uid":"[^"]*"\})/g)].map(
    ([, body = '']) => body,
  );

/** A variable `name` that offers its label of the data source that is chosen, all at first. */
const offers =
  (name: 'instance' | 'job'): Rule =>
  (board) => {
    const found = variables(board).find((variable) => variable.name === name);
    if (found === undefined) return [`no variable ${name}`];
    const { datasource, includeAll, multi, query, refresh, label } = found;
    return [
      ...(datasource?.uid === '${datasource}' ? [] : [`${name} reads ${datasource?.uid}`]),
      ...(multi && includeAll ? [] : [`of ${name} not all can be chosen`]),
      ...(query.startsWith('label_values(') && query.endsWith(`, ${name})`) ? [] : [query]),
      ...(label ? [] : [`${name} has no label`]),
      // With the time range, which 2 is: what is there changes.
      ...(refresh === 2 ? [] : [`${name} is read once`]),
    ];
  };

/** Series of one place each, whose job and instance say nothing that could be chosen. */
const apart =
  /\b(?:fargaze:slo_|aws_|push_|pushgateway_|prometheus_|fargaze_bridge|fargaze_deliver|fargaze_probe_(?:event_loop|cold_start|info)|fargaze:probe_(?:contradicted|fresh)|probe_duration)/;

/** What stands beside other jobs than those that the board's variables choose from. */
const beside = ['Overview / ECS tasks missing / A', 'Web / Seen from outside / A'];

const rules: Readonly<Record<string, Rule>> = {
  'template-datasource-rule': (board) => {
    const [first] = variables(board);
    return first?.name === 'datasource' &&
      first.type === 'datasource' &&
      first.query === 'prometheus'
      ? []
      : [`the first variable is ${first?.name}`];
  },
  'panel-datasource-rule': (board) =>
    sources(board).filter((body) => body !== '{"type":"prometheus","uid":"${datasource}"}'),
  'no hard-coded uid': (board) =>
    [...JSON.stringify(board).matchAll(/"(?:uid|datasourceUid)":"([^"]*)"/g)]
      .map(([, uid = '']) => uid)
      .filter((uid) => uid !== board.uid && uid !== '${datasource}'),
  'template-job-rule': offers('job'),
  'template-instance-rule': offers('instance'),
  'panel-title-description-rule': (board) =>
    visible(board).flatMap(({ title, description, id }) =>
      title && description ? [] : [`panel ${id}`],
    ),
  'panel-units-rule': (board) =>
    visible(board).flatMap(({ title, type, fieldConfig }) => {
      const unit = fieldConfig?.defaults.unit ?? '';
      return type === 'alertlist' || (unit !== '' && unit !== 'short') ? [] : [title];
    }),
  'panel-no-targets-rule': (board) =>
    visible(board).flatMap(({ title, type, targets }) =>
      type === 'alertlist' || (targets ?? []).length > 0 ? [] : [title],
    ),
  'target-rate-interval-rule': (board) =>
    panelQueries(board)
      .filter(({ expr }) => /\b(?:rate|irate)\([^[]*\[(?!\$__rate_interval\])/.test(expr))
      .map(({ place }) => place),
  'target-job-rule and target-instance-rule': (board) =>
    panelQueries(board)
      .filter(({ expr }) => !apart.test(expr) || /\bup\{/.test(expr))
      .filter(({ expr }) => !/job=~"\$\w*job"/.test(expr) || !/instance=~"\$\w+"/.test(expr))
      .map(({ place }) => place)
      .filter((place) => !beside.includes(place)),
  'no job or instance of ours': (board) =>
    panelQueries(board)
      .filter(({ expr }) => /\b(?:job|instance)="/.test(expr))
      .map(({ place }) => place),
  'uneditable-dashboard': (board) =>
    (board as unknown as { readonly editable?: boolean }).editable === false ? [] : ['editable'],
};

const boards = readBoards();

describe.each(Object.entries(rules))('%s', (_, rule) => {
  it.each(boards.map((board) => [board.title, board] as const))('%s', (_title, board) => {
    expect(rule(board)).toEqual([]);
  });
});

it('each rule finds what is wrong', () => {
  const board = boards.find(({ uid }) => uid === 'fargaze-overview');
  if (board === undefined) throw new Error('no board');
  const text = JSON.stringify(board);
  const broken = (from: string | RegExp, to: string): BoardFile =>
    JSON.parse(text.replace(from, to));
  const found = (name: string, wrong: BoardFile) => rules[name]?.(wrong).length ?? 0;
  expect(found('template-datasource-rule', broken('"name":"datasource"', '"name":"ds"'))).toBe(1);
  expect(found('panel-datasource-rule', broken('"uid":"${datasource}"', '"uid":"p"'))).toBe(1);
  expect(found('no hard-coded uid', broken('"uid":"${datasource}"', '"uid":"p"'))).toBe(1);
  expect(found('template-job-rule', broken('"name":"job"', '"name":"app"'))).toBe(1);
  expect(found('template-instance-rule', broken('"name":"instance"', '"name":"t"'))).toBe(1);
  expect(found('panel-units-rule', broken(/"unit":"\w+"/, '"unit":"short"'))).toBe(1);
  expect(
    found('panel-title-description-rule', broken('"description":"Targets', '"d":"Targets')),
  ).toBe(1);
  expect(found('uneditable-dashboard', broken('"editable":false', '"editable":true'))).toBe(1);
  const target = '{job=~\\"$job\\",instance=~\\"$instance\\"}';
  expect(found('target-job-rule and target-instance-rule', broken(target, ''))).toBe(1);
});
