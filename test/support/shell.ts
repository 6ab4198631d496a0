import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

export interface ShellResult {
  readonly code: number | null;
  /** Standard output and standard error, each in order. */
  readonly output: string;
}

/** Runs a program to its end, with nothing but these variables added to the environment. */
export async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<ShellResult> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const closed = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  return { code: await closed, output: `${out}${err}` };
}
