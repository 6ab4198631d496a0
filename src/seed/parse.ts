import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  type Node,
  parseAllDocuments,
  visit,
} from 'yaml';
import { messageOf } from '../core/errors.ts';
import { admit } from '../resources/admit.ts';
import { type Path, problemText } from '../resources/problem.ts';
import type { Resource } from '../resources/resource.ts';
import type { SeedProblem } from './errors.ts';
import { fillIn, type Variables } from './variables.ts';

/** A resource of a seed, ready to be applied, and where it was found. */
export interface SeedResource extends Pick<SeedProblem, 'origin' | 'line' | 'column'> {
  readonly resource: Resource;
}

export interface ParsedSeed {
  readonly resources: readonly SeedResource[];
  readonly problems: readonly SeedProblem[];
}

/**
 * Reads all documents of a YAML or JSON text; members of `List` objects count as documents. Placeholders `${NAME}` in
 * values are filled in when variables are given; comments and member names are left alone.
 */
export function parseText(text: string, origin: string, variables?: Variables): ParsedSeed {
  const lines = new LineCounter();
  const resources: SeedResource[] = [];
  const problems: SeedProblem[] = [];
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { origin, line: Math.max(1, line), column: Math.max(1, col) };
  };
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  for (const document of documents) {
    const refuse = (offset: number, why: string) => problems.push({ ...at(offset), text: why });
    for (const error of document.errors) refuse(error.pos[0], error.message);
    if (document.errors.length > 0) continue;
    if (variables) fillInValues(document, variables, refuse);
    const start = document.range[0];
    for (const { value, path } of resourcesOf(document, refuse, start)) {
      const { resource, problems: wrong } = admit(value);
      for (const problem of wrong) {
        refuse(offsetOf(document, [...path, ...problem.path]) ?? start, problemText(problem));
      }
      resources.push({ resource, ...at(offsetOf(document, path) ?? start) });
    }
  }
  return { resources, problems };
}

type Refuse = (offset: number, why: string) => void;

function fillInValues(document: Document.Parsed, variables: Variables, refuse: Refuse): void {
  visit(document, {
    Scalar(key, node) {
      if (key === 'key' || typeof node.value !== 'string') return;
      node.value = fillIn(node.value, variables, (name) => {
        const known = Object.keys(variables).sort().join(', ') || 'none';
        refuse(node.range?.[0] ?? 0, `unknown variable \${${name}} (known: ${known}; write $\${${name}} for the text)`);
      });
    },
  });
}

/** The values of a document that should be resources, lists unrolled, and where in the document they are. */
function resourcesOf(document: Document.Parsed, refuse: Refuse, start: number): { value: unknown; path: Path }[] {
  try {
    return unroll(document.toJS(), []);
  } catch (error) {
    // Too many aliases, for instance.
    refuse(start, messageOf(error));
    return [];
  }
}

function unroll(value: unknown, path: Path): { value: unknown; path: Path }[] {
  if (value === null || value === undefined) return [];
  const list = value as { apiVersion?: unknown; kind?: unknown; items?: unknown };
  if (list.apiVersion !== 'v1' || list.kind !== 'List' || !Array.isArray(list.items)) return [{ value, path }];
  return list.items.flatMap((item, index) => unroll(item, [...path, 'items', index]));
}

/** Where the innermost part of a path begins that the document has. */
function offsetOf(document: Document.Parsed, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset = startOf(node);
  for (const segment of path) {
    const collection = isAlias(node) ? node.resolve(document) : node;
    if (!isCollection(collection)) break;
    node = collection.get(segment, true);
    // A value that is not there at all is best looked for at its name.
    const name = isMap(collection)
      ? collection.items.find(({ key }) => isScalar(key) && key.value === segment)
      : undefined;
    const found = startOf(node) ?? startOf(name?.key);
    if (found === undefined) break;
    offset = found;
  }
  return offset;
}

const startOf = (node: unknown) => (node as Node | undefined)?.range?.[0];
