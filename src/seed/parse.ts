import { LineCounter } from 'yaml';
import { suggestion } from '../core/nearest.ts';
import { admit } from '../resources/admit.ts';
import { findKind } from '../resources/kinds.ts';
import type { FindKind } from '../resources/known-kinds.ts';
import { fieldOf, type Path, problemText } from '../resources/problem.ts';
import type { Resource } from '../resources/resource.ts';
import { type SeedDocument, TOO_DEEP } from './document.ts';
import type { Place, SeedProblem } from './errors.ts';
import { readJson } from './json-text.ts';
import { fillInValues, type Variables } from './variables.ts';
import { readYaml } from './yaml-text.ts';

/** A resource of a seed, ready to be applied, and where it was found. */
export interface SeedResource {
  readonly resource: Resource;
  readonly place: Place;
  readonly kindPlace: Place;
  /** Looks at it again when a definition has made its kind known; absent for kinds that are there from the start. */
  readonly again?: ((find: FindKind) => Judged) | undefined;
}

/** What admission says of a resource. */
interface Judged {
  readonly resource: Resource;
  readonly problems: readonly SeedProblem[];
  readonly warnings: readonly SeedProblem[];
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
  const admitted: { readonly resource: Resource; readonly path: Path; readonly value: unknown }[] = [];
  for (const { value: given, path } of unroll(document.value, [])) {
    const refuse = (inner: Path, text: string) =>
      remarks.push({ path: [...path, ...inner], part: 'value', text, list: problems });
    const value = variables ? fillInValues(given, [], variables, refuse) : given;
    const found = remarksOn(value, path, { problems, warnings });
    for (const remark of found.remarks) remarks.push(remark);
    if (found.accepted) admitted.push({ resource: found.resource, path, value });
    yield;
  }
  const places = document.locate(admitted.flatMap(({ path }) => [path, [...path, 'kind']]));
  locateRemarks(document, at, remarks);
  for (const [index, { resource, path, value }] of admitted.entries()) {
    const place = at(places[2 * index]?.value ?? 0);
    const kindPlace = at(places[2 * index + 1]?.value ?? 0);
    const again = findKind(resource) ? undefined : judgeAgain(document, at, value, path);
    resources.push({ resource, place, kindPlace, again });
  }
}

/** Keeps the document until everything is read, which few resources need. */
const judgeAgain =
  (document: SeedDocument, at: (offset: number) => Place, value: unknown, path: Path) =>
  (find: FindKind): Judged => {
    const lists = { problems: [], warnings: [] };
    const { resource, remarks } = remarksOn(value, path, lists, find);
    locateRemarks(document, at, remarks);
    return { resource, ...lists };
  };

/** What admission says of a value, and whether it may be applied. */
function remarksOn(
  value: unknown,
  path: Path,
  { problems, warnings }: Pick<Collected, 'problems' | 'warnings'>,
  find?: FindKind,
) {
  const { resource, problems: wrong, unknown } = admit(value, find);
  const remarks = [
    ...wrong.map((problem): Remark => {
      return { path: [...path, ...problem.path], part: 'value', text: problemText(problem), list: problems };
    }),
    ...unknown.map((member): Remark => {
      const text = `unknown field "${fieldOf(member.path)}" is left out${suggestion(String(member.path.at(-1)), member.known)}`;
      return { path: [...path, ...member.path], part: 'name', text, list: warnings };
    }),
  ];
  return { resource, accepted: wrong.length === 0, remarks };
}

/** Puts remarks into their lists, each with its place. */
function locateRemarks(document: SeedDocument, at: (offset: number) => Place, remarks: readonly Remark[]): void {
  if (remarks.length === 0) return;
  const places = document.locate(remarks.map(({ path }) => path));
  for (const [index, { part, text, list }] of remarks.entries()) list.push({ ...at(places[index]?.[part] ?? 0), text });
}

/** The values of a document that should be resources, lists unrolled, and where in the document they are. */
function unroll(value: unknown, path: Path): { value: unknown; path: Path }[] {
  if (value === null || value === undefined) return [];
  const list = value as { apiVersion?: unknown; kind?: unknown; items?: unknown };
  if (list.apiVersion !== 'v1' || list.kind !== 'List' || !Array.isArray(list.items)) return [{ value, path }];
  return list.items.flatMap((item, index) => unroll(item, [...path, 'items', index]));
}
