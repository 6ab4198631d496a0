import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { runCli } from '../../src/cli/run.ts';
import { type ProcessContext, processContext } from '../../src/config/process.ts';

export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder that is gone after the test. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kymulator-cli-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

function collector() {
  const texts: string[] = [];
  const stream = { write: (text: string) => texts.push(text), isTTY: false, columns: 100 };
  // Only these members are used by the command line.
  return { texts, stream: stream as unknown as NodeJS.WriteStream };
}

/** Runs the command line inside this process, with streams that are collected and an environment of its own. */
export async function cli(argv: readonly string[], context: Partial<ProcessContext> = {}): Promise<CliResult> {
  const stdout = collector();
  const stderr = collector();
  const code = await runCli({
    ...processContext(),
    script: '/usr/local/bin/kymulator',
    env: {},
    argv,
    stdout: stdout.stream,
    stderr: stderr.stream,
    ...context,
  });
  return { code, stdout: stdout.texts.join(''), stderr: stderr.texts.join('') };
}
