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
    if (thrown instanceof CommanderError) {
      if (thrown.exitCode === 0) return exitCodes.ok;
      process.stderr.write(`kymulator: ${thrown.message.replace(/^error: /, '')}; see kymulator --help\n`);
      return exitCodes.usage;
    }
    const { text, exitCode } = describeFailure(thrown, context.debug);
    process.stderr.write(`kymulator: ${text}\n`);
    return exitCode;
  }
}
