import { Worker } from 'node:worker_threads';

/**
 * Runs in a thread of its own. A text and not a module, since the command line is one bundle, in which a module has no
 * file to start a thread from.
 */
const program = `
const { parentPort, workerData: { library, text, maxAliasCount } } = require('node:worker_threads');
import(library).then(({ Composer, Parser }) => {
  const composer = new Composer({ prettyErrors: false, uniqueKeys: false });
  const [first, second] = composer.compose(new Parser().parse(text), true, text.length);
  if (second) throw new Error('more than one document');
  if (first && first.errors[0]) throw first.errors[0];
  return JSON.stringify(first ? first.toJS({ maxAliasCount }) : null) ?? 'null';
}).then(
  (json) => parentPort.postMessage({ json }),
  (error) => {
    const exhausted = error instanceof RangeError || error.code === 'RESOURCE_EXHAUSTION';
    parentPort.postMessage({ problem: exhausted ? 'nested too deeply' : String(error.message) });
  },
);
`;

interface Outcome {
  readonly json?: string;
  readonly problem?: string;
}

/** The longest that a document may take, in milliseconds, and the memory for it in megabytes. */
const PATIENCE = 60_000;
const MEMORY = 1024;

/**
 * A YAML document as JSON. Everything else of the process goes on meanwhile.
 * @throws Error that says what is wrong
 */
export function yamlToJson(text: string, maxAliasCount: number): Promise<string> {
  const worker = new Worker(program, {
    eval: true,
    // Flags of the process, such as `--input-type`, would change how the text is read.
    execArgv: [],
    workerData: { library: import.meta.resolve('yaml'), text, maxAliasCount },
    resourceLimits: { maxOldGenerationSizeMb: MEMORY },
  });
  return new Promise<string>((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('reading it takes too long')), PATIENCE).unref();
    worker.once('message', ({ json, problem }: Outcome) => {
      if (json === undefined) reject(new Error(problem));
      else resolve(json);
    });
    worker.once('error', (cause) => reject(new Error('it cannot be read', { cause })));
    worker.once('exit', () => {
      clearTimeout(timer);
      reject(new Error('it cannot be read'));
    });
    // An instance that closes does not wait for a document that nobody will get. Listening would hold it again.
    worker.unref();
  }).finally(() => worker.terminate());
}
