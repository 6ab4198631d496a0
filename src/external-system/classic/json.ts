import { GoSyntaxError, parseGoJson, RawJson } from '../../go/json.ts';
import { type Answer, send } from '../exchange.ts';
import { fromNode } from '../json.ts';

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

/** Indented by two, keys sorted, ASCII only, and a blank behind every comma. */
export const renderPyJson = (value: PyJson): string => `${render(value, '')}\n`;

function render(value: PyJson, indent: string): string {
  if (value instanceof RawJson) return value.text;
  if (typeof value === 'string') return quote(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  if (Array.isArray(value)) {
    const items = value as readonly PyJson[];
    return wrap(
      '[]',
      indent,
      items.map((item) => render(item, inner)),
    );
  }
  const members = value instanceof Map ? [...(value as ReadonlyMap<string, PyJson>)] : Object.entries(value);
  const sorted = members.sort(([left], [right]) => (left < right ? -1 : 1));
  return wrap(
    '{}',
    indent,
    sorted.map(([key, member]) => `${quote(key)}: ${render(member, inner)}`),
  );
}

function wrap(brackets: string, indent: string, items: readonly string[]): string {
  if (items.length === 0) return brackets;
  return `${brackets[0]}\n${indent}  ${items.join(`, \n${indent}  `)}\n${indent}${brackets[1]}`;
}

const quote = (text: string) =>
  JSON.stringify(text).replace(
    /[\u007f-\uffff]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

/** What a text holds as JSON; null when it is none. Whole numbers stay exact. (httpbin §3.1) */
export function readPyJson(text: string): PyJson {
  try {
    return fromNode(parseGoJson(text), (spelling) => new RawJson(pythonNumber(spelling)));
  } catch (error) {
    if (error instanceof GoSyntaxError) return null;
    throw error;
  }
}

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
