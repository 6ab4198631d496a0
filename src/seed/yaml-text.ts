import {
  Composer,
  type Document,
  isAlias,
  isCollection,
  isMap,
  isScalar,
  type LineCounter,
  type Node,
  Parser,
  visit,
} from 'yaml';
import { messageOf } from '../core/errors.ts';
import type { Path } from '../resources/problem.ts';
import { notUnique, type Offsets, type SeedDocument, type TextError, TOO_DEEP } from './document.ts';

/**
 * Reads a YAML text, document by document: none is parsed before it is asked for.
 * @param lines is told where lines begin
 */
export function* readYaml(text: string, lines: LineCounter): Generator<SeedDocument> {
  // The library's own check compares every name with every other one.
  const composer = new Composer({ uniqueKeys: false });
  for (const document of composer.compose(new Parser(lines.addNewLine).parse(text))) yield seedDocument(document);
}

function seedDocument(document: Document.Parsed): SeedDocument {
  const broken = document.errors.map(({ pos, message }) => ({ offset: pos[0], text: message }));
  // The parser catches that the stack has come to its end, and reports what follows from it as well.
  const tooDeep = broken.find(({ text }) => /call stack|stack overflow/i.test(text));
  if (tooDeep) broken.splice(0, broken.length, { ...tooDeep, text: TOO_DEEP });
  const errors = broken.length > 0 ? broken : duplicateNames(document);
  const { value, error } = errors.length > 0 ? {} : jsValueOf(document);
  return {
    errors: error ? [error] : errors,
    value,
    locate: (paths) => paths.map((path) => offsetsOf(document, path)),
  };
}

function jsValueOf(document: Document.Parsed): { readonly value?: unknown; readonly error?: TextError } {
  try {
    return { value: document.toJS() };
  } catch (error) {
    // Too many aliases, for instance.
    return { error: { offset: document.range[0], text: messageOf(error) } };
  }
}

function duplicateNames(document: Document.Parsed): TextError[] {
  const errors: TextError[] = [];
  visit(document, {
    Map(_, { items }) {
      const names = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (names.has(key.value)) errors.push({ offset: startOf(key) ?? 0, text: notUnique(key.value) });
        names.add(key.value);
      }
    },
  });
  return errors;
}

/** Where a path is, as far as the document has it. */
function offsetsOf(document: Document.Parsed, path: Path): Offsets {
  let node: unknown = document.contents;
  const start = startOf(node) ?? document.range[0];
  let offsets: Offsets = { name: start, value: start };
  for (const segment of path) {
    const collection = isAlias(node) ? node.resolve(document) : node;
    if (!isCollection(collection)) break;
    node = collection.get(segment, true);
    const pair = isMap(collection)
      ? collection.items.find(({ key }) => isScalar(key) && key.value === segment)
      : undefined;
    const name = startOf(pair?.key);
    // A value that is not there at all is best looked for at its name.
    const value = startOf(node) ?? name;
    if (value === undefined) break;
    offsets = { name: name ?? value, value };
  }
  return offsets;
}

const startOf = (node: unknown) => (node as Node | null | undefined)?.range?.[0];
