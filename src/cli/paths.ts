import { isAbsolute, relative } from 'node:path';

/** A path as it is best shown to somebody in that folder: relative when it lies inside, else as it is. */
export function shownPath(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside === '' ? '.' : inside.startsWith('..') || isAbsolute(inside) ? path : inside;
}

/** A word for a POSIX shell, quoted only where it has to be. */
export const shellWord = (word: string) =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
