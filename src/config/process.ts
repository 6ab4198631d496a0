import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import process from 'node:process';
import { codeOf } from '../core/errors.ts';

/** The process around the command line. Nothing else reads `process.env`. */
export interface ProcessContext {
  /** Path of the script that Node was started with. */
  readonly script: string;
  /** The arguments after the script. */
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly signals: Signals;
  /** Milliseconds since the process was started. */
  uptime(): number;
  readFile(path: string): Promise<string | undefined>;
  /** Ends the process at once. */
  exit(code: number): void;
}

/** Where signals of the operating system arrive. */
export interface Signals {
  on(signal: NodeJS.Signals, handler: () => void): unknown;
  off(signal: NodeJS.Signals, handler: () => void): unknown;
}

async function readTextFile(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

export const processContext = (): ProcessContext => ({
  script: process.argv[1] ?? '',
  argv: process.argv.slice(2),
  env: process.env,
  cwd: process.cwd(),
  stdout: process.stdout,
  stderr: process.stderr,
  signals: process,
  uptime: () => performance.now(),
  readFile: readTextFile,
  exit: (code) => process.exit(code),
});

/** What this machine calls itself. */
export const machineName = (): string => hostname();
