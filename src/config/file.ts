import { isMap, isScalar, LineCounter, parseDocument } from 'yaml';

/** One setting in the file, as written. */
export interface FileEntry {
  readonly key: string;
  /** The value as plain data. */
  readonly data: unknown;
  /** The text of a bare number as it stands in the file: `2.20` is 2.2 as data. */
  readonly source?: string | undefined;
  /** Line in the file, from 1. */
  readonly line: number;
}

/** What the parser finds in words of its own, which are for programs that use it. */
const ownTexts: Readonly<Record<string, string>> = {
  MULTIPLE_DOCS: 'a second document begins here; put all options into one, without "---" between them',
  RESOURCE_EXHAUSTION: 'nested too deeply; no option needs more than a list',
};

export interface FileContent {
  readonly entries: readonly FileEntry[];
  readonly problems: readonly string[];
}

/**
 * Reads the text of `kymulator.yaml`. Keys without value are left out.
 * @param name the file as the user knows it, for messages
 */
export function parseConfigFile(text: string, name: string): FileContent {
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const lineAt = (offset: number | undefined) => lineCounter.linePos(offset ?? 0).line;
  if (document.errors.length > 0) {
    const known = document.errors.find(({ code }) => Object.hasOwn(ownTexts, code));
    // What else is said then only follows from it.
    const problems = (known ? [known] : document.errors).map(
      ({ code, message, pos }) => `${name}:${lineAt(pos[0])}: ${ownTexts[code] ?? `not valid YAML: ${message}`}`,
    );
    return { entries: [], problems };
  }
  const { contents } = document;
  if (contents === null || (isScalar(contents) && contents.value === null)) return { entries: [], problems: [] };
  if (!isMap(contents)) {
    return { entries: [], problems: [`${name}:${lineAt(contents.range?.[0])}: expected options, as in "kyma: 1.24"`] };
  }
  const entries: FileEntry[] = [];
  const problems: string[] = [];
  for (const { key, value } of contents.items) {
    const line = lineAt(isScalar(key) ? key.range?.[0] : contents.range?.[0]);
    let data: unknown = null;
    try {
      data = value === null ? null : value.toJS(document);
    } catch {
      problems.push(`${name}:${line}: aliases (*name) that stand for too much; write the value itself`);
    }
    if (data === null) continue;
    const source = isScalar(value) && typeof value.value === 'number' ? value.source : undefined;
    entries.push({ key: isScalar(key) ? String(key.value) : JSON.stringify(key), data, source, line });
  }
  return { entries, problems };
}
