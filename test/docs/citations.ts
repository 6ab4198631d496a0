/** Reads which sections of docs/contracts a text cites, and which there are. The rules: docs/contracts/README.md. */

/** The document that a section without a name means, by the beginning of the path; the first that fits. */
const defaultDocuments: readonly (readonly [string, string])[] = [
  ['src/connector/', 'connector-service'],
  ['src/registry/', 'metadata-service'],
  ['src/gateway/', 'application-gateway'],
  ['test/contract/connector/', 'connector-service'],
  ['test/contract/registry/', 'metadata-service'],
  ['test/contract/gateway/', 'application-gateway'],
];

/** Words that may stand before a section without naming a document. */
const ordinaryWords = new Set(['and', 'in', 'of']);

/** The word before, the section, and the last one of a range. */
const citation = /(?:(RFC \d+|[\w.-]*\w) )?\u00a7(\d[\w.]*\w|\d)(?: ?\u2013 ?\u00a7?(\d[\w.]*\w|\d))?/g;

/** Section numbers by document. */
export type Contracts = ReadonlyMap<string, ReadonlySet<string>>;

/** The numbers of a contract's sections. */
export function sectionsOf(text: string): Set<string> {
  const headings: { number: string; items: string[] }[] = [];
  for (const line of text.split('\n')) {
    const heading = /^#{2,4} (\d+(?:\.\d+)*)\.? /.exec(line)?.[1];
    if (heading !== undefined) headings.push({ number: heading, items: [] });
    const item = /^(\d+)\. /.exec(line)?.[1];
    const row = /^\| \d+\.([a-z]) \|/.exec(line)?.[1];
    const part = item ?? row;
    if (part !== undefined) headings.at(-1)?.items.push(part);
  }
  const numbers = new Set(headings.map(({ number }) => number));
  for (const { number, items } of headings) {
    const divided = headings.some((other) => other.number.startsWith(`${number}.`));
    if (!divided) for (const item of items) numbers.add(`${number}.${item}`);
  }
  return numbers;
}

/** One sentence for each citation in a file that leads nowhere. */
export function deadCitations(path: string, text: string, contracts: Contracts): string[] {
  const own = /^docs\/contracts\/(.+)\.md$/.exec(path)?.[1];
  const byFolder = own ?? defaultDocuments.find(([folder]) => path.startsWith(folder))?.[1];
  // Comments go on in the next line behind an asterisk or slashes.
  const prose = text.replace(/\n[ \t]*(?:\*(?!\/)|\/\/|#)?[ \t]*/g, ' ');
  const found: string[] = [];
  let carried: string | undefined;
  let end = 0;
  for (const match of prose.matchAll(citation)) {
    const [whole, word, first, last] = match;
    // Other parentheses, another sentence or cell name their document anew.
    if (/[()|]|\. /.test(prose.slice(end, match.index))) carried = undefined;
    end = match.index + whole.length;
    if (word?.startsWith('RFC ')) carried = word;
    else if (word !== undefined) {
      const name = word.replace(/\.md$/, '');
      if (contracts.has(name)) carried = name;
      else if (own === undefined && !ordinaryWords.has(word)) {
        found.push(`${path}: "${whole}" names no document of docs/contracts`);
        continue;
      }
    }
    if (carried?.startsWith('RFC ')) continue;
    const document = carried ?? byFolder;
    if (document === undefined) {
      found.push(`${path}: "${whole}" does not say of which document`);
      continue;
    }
    for (const section of [first, last]) {
      if (section !== undefined && !contracts.get(document)?.has(section)) {
        found.push(`${path}: ${document} has no section ${section}`);
      }
    }
  }
  for (const [whole] of prose.matchAll(/\baddendum \d+/gi)) {
    found.push(`${path}: "${whole}" is cited by its section`);
  }
  return found;
}
