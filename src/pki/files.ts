import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../core/errors.ts';
import { makeFolder } from '../core/folder.ts';

/** @returns undefined when there is no such file; other failures are thrown */
export async function readIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Writes a file in one step, so that a reader never sees half of it. Private keys get mode 0600; their folder may be read. */
export async function writeWhole(file: string, content: string, mode: number): Promise<void> {
  makeFolder(dirname(file));
  const draft = `${file}.${process.pid}.new`;
  try {
    await writeFile(draft, content, { mode, flag: 'w' });
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}
