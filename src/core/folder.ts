import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { codeOf } from './errors.ts';

/**
 * Makes a folder and those above it that are missing. Level by level, since Node's own recursive `mkdir` never returns
 * where a file system refuses new folders with ENOENT, as `/proc` does.
 * @param mode of the folders that are made. The umask may take rights away from it, never add any: by default everybody
 *   may read, since certificates are for everybody, and nobody else may put anything there.
 * @throws what `mkdir` throws; a file in the way of the last folder itself is left for the caller to run into
 */
export function makeFolder(folder: string, mode = 0o755): void {
  const missing: string[] = [];
  for (let path = resolve(folder); !existsSync(path) && path !== dirname(path); path = dirname(path)) {
    missing.unshift(path);
  }
  for (const path of missing) {
    try {
      mkdirSync(path, { mode });
    } catch (error) {
      if (codeOf(error) !== 'EEXIST' || !isFolder(path)) throw error;
    }
  }
}

/** Somebody else may have made it meanwhile; a link that leads nowhere is there too, and no folder. */
const isFolder = (path: string) => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
