import { codeOf } from '../../core/errors.ts';
import { givingWay } from '../../core/give-way.ts';
import { jsonReading } from '../../go/json-value.ts';
import { yamlToJson } from './yaml-worker.ts';

const MAX_ALIASES = 100;

/** Characters that are read here, in some milliseconds; what is longer goes to a thread of its own. */
const SHORT = 8 * 1024;

/**
 * The value of a text with one YAML document; of a key that stands twice, the last value.
 * @throws Error that says what is wrong
 */
export async function readYaml(text: string): Promise<unknown> {
  if (text.length > SHORT) return givingWay(jsonReading(await yamlToJson(text, MAX_ALIASES)));
  try {
    // Loaded here, since hardly any client sends YAML itself.
    const { Composer, Parser } = await import('yaml');
    // The check for unique keys would compare each key of a map with all others.
    const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
    const [first, second] = composer.compose(new Parser().parse(text), true, text.length);
    if (second) throw new Error('more than one document');
    if (first?.errors[0]) throw first.errors[0];
    return first?.toJS({ maxAliasCount: MAX_ALIASES });
  } catch (error) {
    // What is read by recursion ends with the stack; the library has a code for it where it notices itself.
    const exhausted = error instanceof RangeError || codeOf(error) === 'RESOURCE_EXHAUSTION';
    throw exhausted ? new Error('nested too deeply', { cause: error }) : error;
  }
}
