import { DomainError, messageOf, UserError } from '../core/errors.ts';
import { redact } from '../core/redact.ts';
import { exitCodes } from './exit-codes.ts';

/** A command did not reach its aim. The message is for the user: what happened, and what to do. */
class CommandError extends DomainError {
  readonly exitCode: number;

  constructor(code: string, message: string, exitCode: number, options?: ErrorOptions) {
    super(code, message, options);
    this.exitCode = exitCode;
  }
}

export const failed = (message: string, options?: ErrorOptions) =>
  new CommandError('FAILED', message, exitCodes.failed, options);

export const unreachable = (message: string, options?: ErrorOptions) =>
  new CommandError('UNREACHABLE', message, exitCodes.unreachable, options);

/** @returns what to print for anything thrown, and the exit code. A stack trace only when `debug` is asked for. */
export function describeFailure(thrown: unknown, debug: boolean): { text: string; exitCode: number } {
  if (thrown instanceof CommandError) return { text: thrown.message, exitCode: thrown.exitCode };
  if (thrown instanceof UserError) return { text: thrown.message, exitCode: exitCodes.usage };
  const stack = thrown instanceof Error ? thrown.stack : undefined;
  const text =
    debug && stack !== undefined
      ? stack
      : `unexpected error: ${messageOf(thrown)} (run with --log-level debug to see where it comes from)`;
  return { text: redact(text), exitCode: exitCodes.failed };
}
