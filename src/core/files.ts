import { randomUUID } from 'node:crypto';
import { type FileHandle, link, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { codeOf } from './errors.ts';
import { makeFolder } from './folder.ts';

/** How a file is written. */
export interface WriteOptions {
  /** The umask may take rights away from it, never add any. Default: 0644. */
  readonly mode?: number | undefined;
  /** Mode of folders that have to be made. Default: that of `makeFolder`. */
  readonly folderMode?: number | undefined;
  /** Wait until the disk has it, so that a power cut cannot take it back. */
  readonly flush?: boolean | undefined;
}

/** @returns undefined when there is no such file; other failures are thrown */
export const readIfThere = (file: string): Promise<string | undefined> => ifThere(readFile(file, 'utf8'));

/** The outcome of work on a file; undefined when that is not there. */
export async function ifThere<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (thrown) {
    if (codeOf(thrown) === 'ENOENT') return undefined;
    throw thrown;
  }
}

/** Writes a file in one step: a reader sees the old content or the new one, never half of it. */
export async function writeWhole(file: string, content: string, options: WriteOptions = {}): Promise<void> {
  await withDraft(file, content, options, (draft) => rename(draft, file));
}

/**
 * Makes a file in one step, unless there is one: of any number of processes that try at once, one does.
 * @returns false when there is one already; that stays as it is
 */
export async function createWhole(file: string, content: string, options: WriteOptions = {}): Promise<boolean> {
  try {
    await withDraft(file, content, options, (draft) => claim(draft, file, content, options));
    return true;
  } catch (thrown) {
    if (codeOf(thrown) === 'EEXIST') return false;
    throw thrown;
  }
}

/**
 * The content of a file that is made once. Of any number of processes that find none, all get what the first has made.
 * @param make is not called when the file is there
 */
export async function readOrCreate(
  file: string,
  make: () => string | Promise<string>,
  options: WriteOptions = {},
): Promise<string> {
  const present = await readIfThere(file);
  if (present !== undefined) return present;
  const made = await make();
  return (await createWhole(file, made, options)) ? made : readFile(file, 'utf8');
}

/** What file systems answer that know no second name for a file, such as FAT. */
const NO_LINKS: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS'];

async function claim(draft: string, file: string, content: string, options: WriteOptions): Promise<void> {
  try {
    await link(draft, file);
  } catch (thrown) {
    if (!NO_LINKS.includes(codeOf(thrown))) throw thrown;
    await writeNew(file, content, options);
  }
}

async function withDraft(
  file: string,
  content: string,
  options: WriteOptions,
  publish: (draft: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(file);
  makeFolder(folder, options.folderMode);
  // Process ids repeat, in containers above all.
  const draft = `${file}.${randomUUID()}.new`;
  try {
    await writeNew(draft, content, options);
    await publish(draft);
  } finally {
    await rm(draft, { force: true });
  }
  if (options.flush) await flushFolder(folder);
  await removeOldDrafts(folder);
}

async function writeNew(file: string, content: string, { mode = 0o644, flush = false }: WriteOptions): Promise<void> {
  await using handle = await open(file, 'wx', mode);
  await handle.writeFile(content);
  if (flush) await handle.sync();
}

/** A new name is on the disk when its folder is. Not every system lets a folder be opened; there its own ways must do. */
async function flushFolder(folder: string): Promise<void> {
  let handle: FileHandle | undefined;
  try {
    handle = await open(folder);
    await handle.sync();
  } catch {
    // See above.
  } finally {
    await handle?.close();
  }
}

/** Milliseconds. A draft lives for a few of them; an older one belongs to a process that was killed. */
const OLD = 60_000;

/** Removes what killed processes have left: keys may be in it. Where that is refused, the write has succeeded all the same. */
async function removeOldDrafts(folder: string): Promise<void> {
  try {
    for (const name of await readdir(folder)) {
      if (!draftName.test(name)) continue;
      const draft = join(folder, name);
      const made = (await ifThere(stat(draft)))?.mtimeMs;
      // A clock that was set back leaves files of the future.
      if (made !== undefined && Math.abs(Date.now() - made) > OLD) await rm(draft, { force: true });
    }
  } catch {
    // See above.
  }
}

const draftName = /\.[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\.new$/;
