import { dirname } from 'node:path';
import { messageOf, UserError } from '../../core/errors.ts';

const BUSY = 5;
const LOCKED = 6;

/** What `node:sqlite` throws, as the user can act on it; other errors stay as they are. */
export function asUserError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (code === BUSY || code === LOCKED) {
    return new UserError(
      'DATA_DIR_IN_USE',
      `The data directory ${dirname(file)} is in use by another Kymulator. ` +
        'Stop that instance, choose another directory with --data-dir, or run without one with --ephemeral.',
      { cause: error },
    );
  }
  return unreadable(file, messageOf(error), error);
}

export const unreadable = (file: string, why: string, cause?: unknown) =>
  new UserError(
    'STATE_UNREADABLE',
    `Cannot read the state kept in ${file}: ${why}. ` +
      'Move the file away to start afresh, choose another directory with --data-dir, or use --ephemeral.',
    { cause },
  );

export const unusable = (file: string, cause: unknown) =>
  new UserError(
    'STATE_UNREADABLE',
    `Cannot create ${file}: ${messageOf(cause)}. Choose another directory with --data-dir, or use --ephemeral.`,
    { cause },
  );

export const tooNew = (file: string, found: number, known: number) =>
  new UserError(
    'STATE_TOO_NEW',
    `The state kept in ${file} was written by a newer Kymulator (schema version ${found}, this one knows up to ` +
      `${known}). Use that version, or choose another directory with --data-dir.`,
  );

/** SQLite's primary result code, without the bits that extend it. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
