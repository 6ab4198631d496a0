import type { Path } from '../resources/problem.ts';
import { notUnique, type Offsets, type SeedDocument, type TextError } from './document.ts';

/**
 * Reads a JSON text, which `JSON.parse` does some fifty times as fast as a YAML parser. It does not tell where something
 * is, nor that a name is there twice; a scan of the text does.
 * @returns undefined when the text is not JSON
 */
export function readJson(text: string): SeedDocument | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const errors: TextError[] = [];
  scan(text, newNode(), errors);
  return { value, errors, locate: (paths) => locate(text, paths) };
}

/** A place that is looked for, or one on the way there. */
interface Node {
  found: Offsets | undefined;
  readonly members: Map<string | number, Node>;
}

const newNode = (): Node => ({ found: undefined, members: new Map() });

function locate(text: string, paths: readonly Path[]): Offsets[] {
  const root = newNode();
  const ways = paths.map((path) => wayOf(root, path));
  scan(text, root, []);
  return ways.map((way) => way.findLast(({ found }) => found)?.found ?? { name: 0, value: 0 });
}

/** The nodes from the root to a path, which are made where they are missing. */
function wayOf(root: Node, path: Path): Node[] {
  const way = [root];
  let node = root;
  for (const segment of path) {
    const next = node.members.get(segment) ?? newNode();
    node.members.set(segment, next);
    way.push(next);
    node = next;
  }
  return way;
}

/** No stack is deep enough for every text; the store takes no more levels either. */
const DEEPEST = 500;

/** Notes where the wanted nodes are, and what is wrong. The text must be valid JSON. */
function scan(text: string, wanted: Node, errors: TextError[]): void {
  const start = skipSpace(text, 0);
  wanted.found = { name: start, value: start };
  scanValue({ text, errors }, start, wanted, 0);
}

interface Scan {
  readonly text: string;
  readonly errors: TextError[];
}

/** @returns where the value ends */
function scanValue(scan: Scan, start: number, node: Node | undefined, depth: number): number {
  const { text, errors } = scan;
  switch (text[start]) {
    case '"':
      return endOfText(text, start);
    case '{':
    case '[':
      break;
    default:
      return endOfWord(text, start);
  }
  if (depth >= DEEPEST) {
    errors.push({ offset: start, text: `nested deeper than ${DEEPEST} levels` });
    return text.length;
  }
  return text[start] === '{' ? scanObject(scan, start, node, depth) : scanArray(scan, start, node, depth);
}

function scanObject(scan: Scan, start: number, node: Node | undefined, depth: number): number {
  const { text, errors } = scan;
  const names = new Set<string>();
  let at = skipSpace(text, start + 1);
  while (at < text.length && text[at] !== '}') {
    const end = endOfText(text, at);
    const name = nameOf(text.slice(at, end));
    if (names.has(name)) errors.push({ offset: at, text: notUnique(name) });
    names.add(name);
    const value = skipSpace(text, skipSpace(text, end) + 1);
    const member = node?.members.get(name);
    if (member) member.found = { name: at, value };
    at = skipComma(text, scanValue(scan, value, member, depth + 1));
  }
  return at + 1;
}

function scanArray(scan: Scan, start: number, node: Node | undefined, depth: number): number {
  const { text } = scan;
  let at = skipSpace(text, start + 1);
  for (let index = 0; at < text.length && text[at] !== ']'; index++) {
    const member = node?.members.get(index);
    if (member) member.found = { name: at, value: at };
    at = skipComma(text, scanValue(scan, at, member, depth + 1));
  }
  return at + 1;
}

const nameOf = (quoted: string): string =>
  quoted.includes('\\') ? String(JSON.parse(quoted)) : quoted.slice(1, quoted.length - 1);

function skipSpace(text: string, start: number): number {
  let at = start;
  while (text.charCodeAt(at) <= 0x20) at++;
  return at;
}

function skipComma(text: string, start: number): number {
  const at = skipSpace(text, start);
  return text[at] === ',' ? skipSpace(text, at + 1) : at;
}

function endOfText(text: string, start: number): number {
  for (let end = text.indexOf('"', start + 1); end > 0; end = text.indexOf('"', end + 1)) {
    let escapes = 0;
    while (text[end - 1 - escapes] === '\\') escapes++;
    if (escapes % 2 === 0) return end + 1;
  }
  return text.length;
}

/** Of a number, `true`, `false` or `null`. */
function endOfWord(text: string, start: number): number {
  let at = start;
  while (at < text.length && !',]} \t\r\n'.includes(text[at] ?? '')) at++;
  return at;
}
