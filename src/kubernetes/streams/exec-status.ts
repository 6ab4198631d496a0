import { constants } from 'node:os';
import { codeOf, messageOf } from '../../core/errors.ts';

/** How a command ended, as clients read it from the status channel. (kubernetes-api §11) */
export type ExecStatus = Readonly<Record<string, unknown>>;

/** @param signal the signal that ended the command, where one did */
export function exitStatus(code: number | null, signal: NodeJS.Signals | null): ExecStatus {
  // A shell counts an end by signal as 128 and its number, and so do container runtimes.
  const exitCode = code ?? 128 + (signal === null ? 0 : constants.signals[signal]);
  if (exitCode === 0) return { metadata: {}, status: 'Success' };
  return {
    metadata: {},
    status: 'Failure',
    message: `command terminated with non-zero exit code: exit status ${exitCode}`,
    reason: 'NonZeroExitCode',
    details: { causes: [{ reason: 'ExitCode', message: String(exitCode) }] },
  };
}

/** The command could not be started at all. */
export function startFailure(file: string, thrown: unknown): ExecStatus {
  const why =
    codeOf(thrown) === 'ENOENT' ? 'there is no such program in PATH of the machine of Kymulator' : messageOf(thrown);
  return {
    metadata: {},
    status: 'Failure',
    message: `Internal error occurred: cannot run "${file}" in the container: ${why}`,
    reason: 'InternalError',
    code: 500,
  };
}
