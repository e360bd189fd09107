// What of the packaged template is no matter for its reviewer.
import { renderGolden } from '../../scripts/golden.ts';

it.each([
  {
    name: 'the hash of the layer',
    text: '03602d5bf48d709a67a97eaf635c5414144d591f',
    golden: '<hash>',
  },
  {
    name: 'the time of the deployment',
    text: 'serverless/fargaze/dev/1764000000000-2025-11-24T16:00:00.000Z/web-probe.zip',
    golden: 'serverless/fargaze/dev/<time>/web-probe.zip',
  },
  {
    name: 'what rules say',
    text: 'groups:\n  - rules:\n      - record: a\n      - record: b\n',
    golden: '<2 recording rules>',
  },
])('$name is left out', ({ golden, text }) => {
  expect(JSON.parse(renderGolden(JSON.stringify({ Value: text })))).toEqual({ Value: golden });
});
