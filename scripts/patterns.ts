/**
 * Looks for regular expressions in `src/` that a hostile text can make slow: `npm run check` runs it. Literals are read
 * from the sources; what is put together when a module is loaded is recorded while it loads.
 */
import { glob, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import process from 'node:process';

// The checker in JavaScript: its others are a native program and one for Java.
process.env.RECHECK_BACKEND = 'pure';
const { check } = await import('recheck');
const { parseAst } = await import('rolldown/parseAst');

/** Patterns that the checker does not pass, and why they are fine. */
const allowed = new Map<string, string>(
  (
    [
      [
        /^\.?\[\?\(\s*@([^=!\s]+)\s*(==|!=)\s*('[^']*'|"[^"]*"|true|false|-?\d+(?:\.\d+)?)\s*\)\]/,
        'the checker gives up; anchored, and no two neighbours take the same character',
      ],
      [
        /((?:\b|%3F|%26)(?:access_)?token(?:=|%3D))[^&"\\\s#]+/gi,
        'the checker gives up; what begins a match is of fixed length, and the rest is one class that takes all it can',
      ],
      [
        /_(SERVICE_HOST|SERVICE_PORT(_[A-Z0-9_]+)?|PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)$/,
        'for names of environment variables of the own process',
      ],
    ] as const
  ).map(([pattern, reason]) => [String(pattern), reason]),
);

/** Files with patterns that are not there before somebody asks: from routes of ours. */
const madeLater = new Set(['src/kyma/service.ts', 'src/connector/identity.ts']);

interface Found {
  readonly file: string;
  readonly line: number;
  readonly source: string;
  readonly flags: string;
}

interface Node {
  readonly type?: string;
  readonly start?: number;
  readonly regex?: { readonly pattern: string; readonly flags: string };
  readonly callee?: { readonly name?: string };
}

const root = resolve(import.meta.dirname, '..');

function* nodesOf(value: unknown): Generator<Node> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield value as Node;
  for (const inner of Object.values(value)) yield* nodesOf(inner);
}

/** The literals of a file, and whether it makes others. */
async function readSource(file: string): Promise<{ literals: Found[]; makesOthers: boolean }> {
  const text = await readFile(join(root, file), 'utf8');
  const literals: Found[] = [];
  let makesOthers = false;
  for (const node of nodesOf(parseAst(text, { lang: 'ts' }, file))) {
    const line = text.slice(0, node.start).split('\n').length;
    if (node.regex) literals.push({ file, line, source: node.regex.pattern, flags: node.regex.flags });
    if (node.type === 'NewExpression' && node.callee?.name === 'RegExp') makesOthers = true;
  }
  return { literals, makesOthers };
}

/** Loads modules and tells which patterns of ours are made on the way. */
async function patternsMadeBy(files: readonly string[]): Promise<Found[]> {
  const made: Found[] = [];
  const native = globalThis.RegExp;
  globalThis.RegExp = new Proxy(native, {
    construct(target, [source, flags = '']: [string, string?]) {
      // The first line is the message, the second one this function.
      const caller = new Error('made here').stack?.split('\n')[2] ?? '';
      const file = files.find((one) => caller.includes(join(root, one)));
      if (file) made.push({ file, line: 0, source: String(source), flags });
      return new target(source, flags);
    },
  });
  try {
    for (const file of files) await import(join(root, file));
  } finally {
    globalThis.RegExp = native;
  }
  return made;
}

const found: Found[] = [];
const makers: string[] = [];
for await (const file of glob('src/**/*.ts', { cwd: root })) {
  const { literals, makesOthers } = await readSource(file);
  found.push(...literals);
  if (makesOthers && !madeLater.has(file)) makers.push(file);
}
const made = await patternsMadeBy(makers);
for (const file of makers) {
  if (made.some((one) => one.file === file)) continue;
  throw new Error(`${file} makes a pattern that is not there when it is loaded: look at it`);
}
found.push(...made);

const unused = new Set(allowed.keys());
let faults = 0;
for (const { file, line, source, flags } of new Map(
  found.map((one) => [`/${one.source}/${one.flags}`, one]),
).values()) {
  const text = `/${source}/${flags}`;
  // Without a repetition that has no end nothing can take long.
  if (unused.delete(text) || !/[*+]|,\}/.test(source)) continue;
  const result = await check(source, flags, { timeout: 20_000 });
  if (result.status === 'safe') continue;
  if (result.status === 'vulnerable') {
    console.log(`${file}:${line}  ${result.complexity.summary}: ${text}`);
    faults++;
  } else {
    // How far the checker comes in its time depends on the machine; test/linear has such patterns too.
    console.log(`${file}:${line}  not judged in time: ${text}`);
  }
}
for (const text of unused) console.log(`no file has this pattern any more: ${text}`);
if (faults + unused.size > 0) process.exitCode = 1;
