import { setImmediate } from 'node:timers/promises';
import { codeOf } from '../../core/errors.ts';

const MAX_ALIASES = 100;

/** Pieces of a text after which everything else of the process has its turn: some milliseconds. */
const BREATH = 2000;

/**
 * The value of a text with one YAML document; of a key that stands twice, the last value.
 * @throws Error that says what is wrong
 */
export async function readYaml(text: string): Promise<unknown> {
  try {
    return await read(text);
  } catch (error) {
    // What is read by recursion ends with the stack; the library has a code for it where it notices itself.
    const exhausted = error instanceof RangeError || codeOf(error) === 'RESOURCE_EXHAUSTION';
    throw exhausted ? new Error('nested too deeply', { cause: error }) : error;
  }
}

async function read(text: string): Promise<unknown> {
  // Loaded here, since hardly any client sends YAML itself.
  const { Composer, Lexer, Parser } = await import('yaml');
  const parser = new Parser();
  const tokens = [];
  let count = 0;
  // Most of the time goes here, and a body of 3 MB takes seconds of it.
  for (const lexeme of new Lexer().lex(text)) {
    tokens.push(...parser.next(lexeme));
    if (++count % BREATH === 0) await setImmediate();
  }
  tokens.push(...parser.end());
  // The check for unique keys would compare each key of a map with all others.
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  const [first, second] = composer.compose(tokens, true, text.length);
  if (second) throw new Error('more than one document');
  if (first?.errors[0]) throw first.errors[0];
  return first?.toJS({ maxAliasCount: MAX_ALIASES });
}
