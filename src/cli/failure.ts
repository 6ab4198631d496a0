import { messageOf, UserError } from '../core/errors.ts';
import { redact } from '../core/redact.ts';
import { entryOf } from '../core/user-errors/catalogue.ts';
import { exitCodes } from './exit-codes.ts';

/** @returns what to print for anything thrown, and the exit code. A stack trace only when `debug` is asked for. */
export function describeFailure(thrown: unknown, debug: boolean): { text: string; exitCode: number } {
  if (thrown instanceof UserError) {
    return { text: thrown.message, exitCode: exitCodes[entryOf(thrown.code).exit ?? 'usage'] };
  }
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const text =
    debug && stack !== undefined
      ? stack
      : `unexpected error: ${messageOf(thrown)} (run with --log-level debug to see where it comes from)`;
  return { text: redact(text), exitCode: exitCodes.failed };
}
