import { atOnce, givingWay, type Steps } from '../../core/give-way.ts';
import { RawJson } from '../../go/json.ts';
import { GoSyntaxError, type Making, readInSteps } from '../../go/json-parser.ts';
import { type Answer, send } from '../exchange.ts';
import { indenting, treesOf } from '../json.ts';

/** JSON as Python's encoder writes it for this flavor. (httpbin §2) */
export type PyJson =
  | string
  | boolean
  | null
  /** A number as it is spelled. */
  | RawJson
  | readonly PyJson[]
  | ReadonlyMap<string, PyJson>
  | { readonly [key: string]: PyJson };

export const sendPyJson = (value: PyJson, headers: Answer['headers'] = {}): Answer =>
  send('application/json', renderPyJson(value), headers);

/** The same for what may be long, made in portions. */
export const sendLongPyJson = async (value: PyJson): Promise<Answer> =>
  send('application/json', await givingWay(pyRendering(value)));

/** Indented by two, keys sorted, ASCII only, and a blank behind every comma. */
export const renderPyJson = (value: PyJson): string => atOnce(pyRendering(value));

/** The same in portions, for what may be long. */
const pyRendering = (value: PyJson): Steps<string> => indenting(value, { separator: ', ', scalar, membersOf });

const membersOf = (value: PyJson): [string, PyJson][] =>
  (value instanceof Map ? [...(value as ReadonlyMap<string, PyJson>)] : Object.entries(value as object)).sort(
    ([left], [right]) => (left < right ? -1 : 1),
  );

function scalar(value: PyJson): string {
  if (value instanceof RawJson) return value.text;
  return typeof value === 'string' ? quote(value) : String(value);
}

const quote = (text: string) =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** What a text holds as JSON; null when it is none. Whole numbers stay exact. (httpbin §3.1) */
export const readPyJson = (text: string): PyJson => atOnce(pyReading(text));

/** The same in portions, for a text that may be long. */
export function* pyReading(text: string): Steps<PyJson> {
  try {
    return yield* readInSteps(text, trees);
  } catch (error) {
    if (error instanceof GoSyntaxError) return null;
    throw error;
  }
}

const trees: Making<PyJson> = treesOf((spelling) => new RawJson(pythonNumber(spelling)));

/** `1e3` is `1000.0`, `1e16` is `1e+16`. */
function pythonNumber(spelling: string): string {
  if (/^-?\d+$/.test(spelling)) return spelling;
  const value = Number(spelling);
  if (!Number.isFinite(value)) return value < 0 ? '-Infinity' : 'Infinity';
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e16 || size < 1e-4)) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2');
  }
  const text = Object.is(value, -0) ? '-0' : String(value);
  return text.includes('.') ? text : `${text}.0`;
}
