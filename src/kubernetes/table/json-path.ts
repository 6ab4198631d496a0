import { isMembers } from '../../resources/schema.ts';

/** The JSONPaths that printer columns use: members, positions, `[*]`, and filters that compare with a constant. */
export type JsonPath = readonly Step[];

type Step = (value: unknown) => readonly unknown[];

const member =
  (name: string): Step =>
  (value) =>
    isMembers(value) && Object.hasOwn(value, name) ? [value[name]] : [];

const position =
  (index: number): Step =>
  (value) =>
    Array.isArray(value) && value.at(index) !== undefined ? [value.at(index)] : [];

const every: Step = (value) => (Array.isArray(value) ? value : isMembers(value) ? Object.values(value) : []);

const where =
  (path: JsonPath, operator: string, wanted: unknown): Step =>
  (value) =>
    (Array.isArray(value) ? value : []).filter((item) => (evaluate(path, item)[0] === wanted) === (operator === '=='));

/** The forms of one step, tried in this order. */
const forms: readonly { readonly form: RegExp; readonly step: (match: RegExpExecArray) => Step | undefined }[] = [
  { form: /^\.?\[\*\]/, step: () => every },
  { form: /^\.\*/, step: () => every },
  { form: /^\.?\[(-?\d+)\]/, step: ([, index]) => position(Number(index)) },
  { form: /^\.?\['((?:[^'\\]|\\.)*)'\]/, step: ([, name = '']) => member(name.replace(/\\(.)/g, '$1')) },
  { form: /^\.?\["((?:[^"\\]|\\.)*)"\]/, step: ([, name = '']) => member(name.replace(/\\(.)/g, '$1')) },
  {
    form: /^\.?\[\?\(\s*@([^=!\s]+)\s*(==|!=)\s*('[^']*'|"[^"]*"|true|false|-?\d+(?:\.\d+)?)\s*\)\]/,
    step: ([, path = '', operator = '', constant = '']) => {
      const inner = parseJsonPath(path);
      return inner && where(inner, operator, constantOf(constant));
    },
  },
  { form: /^\.((?:[\w$/-]|\\.)+)/, step: ([, name = '']) => member(name.replace(/\\(.)/g, '$1')) },
];

const constantOf = (text: string): unknown => (/^['"]/.test(text) ? text.slice(1, -1) : JSON.parse(text));

/** @returns undefined for a path of another form */
export function parseJsonPath(text: string): JsonPath | undefined {
  const steps: Step[] = [];
  let rest = text.replace(/^\{(.*)\}$/, '$1').replace(/^\$/, '');
  while (rest !== '' && rest !== '.') {
    const found = forms.map(({ form, step }) => ({ match: form.exec(rest), step })).find(({ match }) => match);
    const step = found?.match && found.step(found.match);
    if (!step || !found?.match) return undefined;
    steps.push(step);
    rest = rest.slice(found.match[0].length);
  }
  return steps;
}

export const evaluate = (path: JsonPath, value: unknown): readonly unknown[] =>
  path.reduce<readonly unknown[]>((found, step) => found.flatMap((item) => step(item)), [value]);
