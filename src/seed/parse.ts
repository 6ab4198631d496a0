import { LineCounter } from 'yaml';
import { suggestion } from '../core/nearest.ts';
import { admit } from '../resources/admit.ts';
import { fieldOf, type Path, problemText } from '../resources/problem.ts';
import type { Resource } from '../resources/resource.ts';
import { type SeedDocument, TOO_DEEP } from './document.ts';
import type { Place, SeedProblem } from './errors.ts';
import { readJson } from './json-text.ts';
import { fillIn, type Variables } from './variables.ts';
import { readYaml } from './yaml-text.ts';

/** A resource of a seed, ready to be applied, and where it was found. */
export interface SeedResource {
  readonly resource: Resource;
  readonly place: Place;
  readonly kindPlace: Place;
}

export interface ParsedSeed {
  /** Those that are in order. */
  readonly resources: readonly SeedResource[];
  readonly problems: readonly SeedProblem[];
  readonly warnings: readonly SeedProblem[];
}

/**
 * Reads all documents of a YAML or JSON text; members of `List` objects count as documents. Placeholders `${NAME}` in
 * values are filled in when variables are given; comments and member names are left alone. Yields after every resource:
 * others may have a turn there.
 */
export function* parseText(text: string, origin: string, variables?: Variables): Generator<undefined, ParsedSeed> {
  const lines = new LineCounter();
  const found: Collected = { resources: [], problems: [], warnings: [] };
  const at = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { origin, line: Math.max(1, line), column: Math.max(1, col) };
  };
  // Most seeds have none, and a large one is not searched value by value then.
  const given = text.includes('${') ? variables : undefined;
  try {
    for (const document of documentsOf(text, lines)) yield* readDocument(document, given, at, found);
  } catch (error) {
    // Of the parser, or of what walks through its result: the stack has an end.
    if (!(error instanceof RangeError)) throw error;
    found.problems.push({ ...at(0), text: TOO_DEEP });
  }
  return found;
}

interface Collected {
  readonly resources: SeedResource[];
  readonly problems: SeedProblem[];
  readonly warnings: SeedProblem[];
}

function documentsOf(text: string, lines: LineCounter): Iterable<SeedDocument> {
  const json = readJson(text);
  if (!json) return readYaml(text, lines);
  lines.addNewLine(0);
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', end + 1)) lines.addNewLine(end + 1);
  return [json];
}

/** Something to say about a member, before it is known where that is. */
interface Remark {
  readonly path: Path;
  readonly part: 'name' | 'value';
  readonly text: string;
  readonly list: SeedProblem[];
}

function* readDocument(
  document: SeedDocument,
  variables: Variables | undefined,
  at: (offset: number) => Place,
  { resources, problems, warnings }: Collected,
): Generator<undefined, void> {
  for (const { offset, text } of document.errors) problems.push({ ...at(offset), text });
  if (document.errors.length > 0) return;
  const remarks: Remark[] = [];
  const refuse = (path: Path, text: string) => remarks.push({ path, part: 'value', text, list: problems });
  const admitted: { readonly resource: Resource; readonly path: Path }[] = [];
  for (const { value, path } of unroll(document.value, [])) {
    const filled = variables ? fillInValues(value, path, variables, refuse) : value;
    const { resource, problems: wrong, unknown } = admit(filled);
    if (wrong.length === 0) admitted.push({ resource, path });
    for (const problem of wrong) refuse([...path, ...problem.path], problemText(problem));
    for (const member of unknown) {
      const text = `unknown field "${fieldOf(member.path)}" is left out${suggestion(String(member.path.at(-1)), member.known)}`;
      remarks.push({ path: [...path, ...member.path], part: 'name', text, list: warnings });
    }
    yield;
  }
  const places = document.locate([
    ...remarks.map(({ path }) => path),
    ...admitted.flatMap(({ path }) => [path, [...path, 'kind']]),
  ]);
  const placeOf = (index: number, part: 'name' | 'value') => at(places[index]?.[part] ?? 0);
  for (const [index, { part, text, list }] of remarks.entries()) list.push({ ...placeOf(index, part), text });
  for (const [index, { resource }] of admitted.entries()) {
    const first = remarks.length + 2 * index;
    resources.push({ resource, place: placeOf(first, 'value'), kindPlace: placeOf(first + 1, 'value') });
  }
}

/** The values of a document that should be resources, lists unrolled, and where in the document they are. */
function unroll(value: unknown, path: Path): { value: unknown; path: Path }[] {
  if (value === null || value === undefined) return [];
  const list = value as { apiVersion?: unknown; kind?: unknown; items?: unknown };
  if (list.apiVersion !== 'v1' || list.kind !== 'List' || !Array.isArray(list.items)) return [{ value, path }];
  return list.items.flatMap((item, index) => unroll(item, [...path, 'items', index]));
}

function fillInValues(
  value: unknown,
  path: Path,
  variables: Variables,
  refuse: (path: Path, text: string) => void,
): unknown {
  if (typeof value === 'string') {
    return fillIn(value, variables, (name) => {
      const known = Object.keys(variables).sort().join(', ') || 'none';
      refuse(path, `unknown variable \${${name}} (known: ${known}; write $\${${name}} for the text)`);
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => fillInValues(item, [...path, index], variables, refuse));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, fillInValues(member, [...path, name], variables, refuse)]),
  );
}
