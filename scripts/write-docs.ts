/** Writes the pages of docs/ that derive from code. A test fails when one of them is out of date. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { configurationPage } from './configuration-page.ts';
import { errorsPage } from './errors-page.ts';

const docs = resolve(import.meta.dirname, '..', 'docs');

await mkdir(docs, { recursive: true });
await writeFile(join(docs, 'configuration.md'), configurationPage());
await writeFile(join(docs, 'errors.md'), errorsPage());
