// The `steps` of an HTTP module: requests after each other, with what each leaves for the next.
import * as v from 'valibot';
import { messageOf } from '../../errors.ts';
import { closed, mappingOf } from '../mapping.ts';
import type { Extraction } from '../modules.ts';
import { pattern } from './fields.ts';
import { httpSchema } from './http-schema.ts';
import { parseJsonPath } from './json-path.ts';
import { compileGroups } from './pattern/program.ts';

/** Steps that a check may have. */
const maxSteps = 20;

const wantedName = 'a name of letters, digits, _ and - that begins with a letter (at most 40)';

const stepName = v.pipe(
  v.string(`want ${wantedName}`),
  v.regex(/^[A-Za-z][\w-]{0,39}$/, wantedName),
);

const wantedPath = 'a JSONPath that leads to one value, such as $.data.items[0].id';

const jsonPath = v.pipe(
  v.string(`want ${wantedPath}`),
  v.rawTransform<string, (string | number)[]>(({ addIssue, dataset, NEVER }) => {
    try {
      return parseJsonPath(dataset.value);
    } catch (error) {
      addIssue({ message: `${wantedPath} (${messageOf(error)})` });
      return NEVER;
    }
  }),
);

const wantedToken = 'a name of letters, digits and marks, as RFC 9110 has it';

const token = v.pipe(
  v.string(`want ${wantedToken}`),
  v.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/, wantedToken),
);

const extraction = v.pipe(
  closed(
    {
      json: v.optional(jsonPath),
      header: v.optional(token),
      cookie: v.optional(token),
      pattern: v.optional(pattern),
    },
    'a mapping with json, header, cookie or pattern',
  ),
  v.check(({ cookie, header, json, pattern: regexp }) => {
    const places = [json, header, cookie].filter((one) => one !== undefined).length;
    return places === 1 || (places === 0 && regexp !== undefined);
  }, 'one of json, header and cookie (with a pattern or without), or a pattern for the body'),
);

/** The keys of a step. */
export const stepEntries = {
  name: v.pipe(
    stepName,
    v.description('unique name; the label `step`, and the first part of `${name.value}`'),
  ),
  path: v.optional(
    v.pipe(
      v.string('want a path such as /login'),
      v.description(
        'what to ask for, relative to the target: `/path`, `?query`, or the address of a host that `hosts` names; unset: the target itself',
      ),
    ),
    '',
  ),
  http: v.pipe(
    httpSchema,
    v.description("options of this request, which go before those of the module's `http`"),
  ),
  extract: v.optional(
    v.pipe(
      mappingOf(stepName, extraction),
      v.description(
        'values for later steps, by name: `json` (a JSONPath that leads to one value), `header` or `cookie`, or a `pattern` for the body; a `pattern` beside one of these is for its value. Its first group is taken, else all that it matches',
      ),
      v.transform((values) =>
        Object.entries(values).map(
          ([name, { cookie, header, json, pattern: regexp }]): Extraction => ({
            name,
            ...(json !== undefined && { json }),
            ...(header !== undefined && { header }),
            ...(cookie !== undefined && { cookie }),
            ...(regexp !== undefined && { pattern: compileGroups(regexp.text) }),
          }),
        ),
      ),
    ),
    {},
  ),
  always: v.optional(
    v.pipe(
      v.boolean(),
      v.description('run it after a failure too, where the values that it needs are there'),
    ),
    false,
  ),
};

const wantedSteps = `a list of 1 to ${maxSteps} steps`;

/** `steps`. */
export const stepsSchema = v.optional(
  v.pipe(
    v.array(closed(stepEntries), `want ${wantedSteps}`),
    v.check((steps) => steps.length >= 1 && steps.length <= maxSteps, wantedSteps),
  ),
);
