import { dirname } from 'node:path';
import { messageOf, userError } from '../../core/errors.ts';

const BUSY = 5;
const LOCKED = 6;

/** What `node:sqlite` throws, as the user can act on it; other errors stay as they are. */
export function asUserError(error: unknown, file: string): unknown {
  const code = sqliteCode(error);
  if (code === undefined) return error;
  if (code === BUSY || code === LOCKED) {
    return userError('DATA_DIR_IN_USE', { folder: dirname(file) }, { cause: error });
  }
  return unreadable(file, messageOf(error), error);
}

export const unreadable = (file: string, reason: string, cause?: unknown) =>
  userError('STATE_UNREADABLE.found', { file, reason }, { cause });

export const unusable = (file: string, cause: unknown) =>
  userError('STATE_UNREADABLE.made', { file, reason: messageOf(cause) }, { cause });

export const tooNew = (file: string, found: number, known: number) =>
  userError('STATE_TOO_NEW', { file, found, known });

/** SQLite's primary result code, without the bits that extend it. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('errcode' in error)) return undefined;
  return typeof error.errcode === 'number' ? error.errcode & 0xff : undefined;
}
