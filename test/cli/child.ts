import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import process from 'node:process';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

export const root = resolve(import.meta.dirname, '../..');

export interface ChildOptions {
  readonly node?: string;
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts Node with a script as a process of its own, which does not outlive the test. */
export function startChild(script: string, args: readonly string[], options: ChildOptions = {}) {
  const { node = process.execPath, cwd = root, env = {} } = options;
  const child = spawn(node, [script, ...args], {
    cwd,
    env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((fulfil, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => fulfil({ code, signal }));
  });
  return { child, ended };
}

/** Runs Node with a script and waits for its end. */
export async function runChild(script: string, args: readonly string[], options?: ChildOptions) {
  const { child, ended } = startChild(script, args, options);
  const [stdout, stderr, end] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
  return { ...end, stdout, stderr };
}

/** The command line as a user runs it from a clone. */
export const runMain = (args: readonly string[], options?: ChildOptions) =>
  runChild(resolve(root, 'src/cli/main.ts'), args, options);
