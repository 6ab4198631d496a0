import { CommanderError } from 'commander';
import type { ProcessContext } from '../config/process.ts';
import { commandContext } from './command.ts';
import { exitCodes } from './exit-codes.ts';
import { describeFailure } from './failure.ts';
import { createProgram } from './program.ts';

/**
 * Runs the command line. Everything that goes wrong ends here, as text on stderr.
 * @returns the exit code
 */
export async function runCli(process: ProcessContext): Promise<number> {
  const context = commandContext(process);
  try {
    await createProgram(context).parseAsync(process.argv, { from: 'user' });
    return exitCodes.ok;
  } catch (thrown) {
    // Help and the version were asked for, and are printed.
    if (thrown instanceof CommanderError) return exitCodes.ok;
    const { text, exitCode } = describeFailure(thrown, context.debug);
    process.stderr.write(`kymulator: ${text}\n`);
    return exitCode;
  }
}
