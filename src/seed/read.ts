import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { messageOf } from '../core/errors.ts';
import type { Resource } from '../resources/resource.ts';
import { type SeedProblem, seedInvalid, seedUnreadable } from './errors.ts';
import { type ParsedSeed, parseText, type SeedResource } from './parse.ts';
import type { Variables } from './variables.ts';

const EXTENSIONS = new Set(['.yaml', '.yml', '.json']);

export interface SeedOptions {
  /** Values for the placeholders `${NAME}`; without this, such texts mean themselves. */
  readonly variables?: Variables | undefined;
}

/**
 * Reads a file, or all `.yaml`, `.yml` and `.json` files of a directory and its subdirectories in the order of their
 * paths. Everything has been checked and completed when the promise is fulfilled.
 * @throws UserError `SEED_INVALID` with file, line and column of everything that is wrong; `SEED_UNREADABLE`
 */
export async function readSeed(path: string, options: SeedOptions = {}): Promise<Resource[]> {
  const seeds: ParsedSeed[] = [];
  for (const file of await filesOf(path)) {
    const text = await readFile(file, 'utf8').catch((error) => {
      throw seedUnreadable(file, messageOf(error), error);
    });
    seeds.push(parseText(text, file, options.variables));
  }
  return accept(seeds);
}

/**
 * Reads resources from a text that came from somewhere else.
 * @param origin what messages call the text
 * @throws UserError `SEED_INVALID`
 */
export const parseDocuments = (text: string, origin: string, options: SeedOptions = {}): Resource[] =>
  accept([parseText(text, origin, options.variables)]);

async function filesOf(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && EXTENSIONS.has(extname(entry.name).toLowerCase()))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    throw seedUnreadable(path, messageOf(error), error);
  }
}

function accept(seeds: readonly ParsedSeed[]): Resource[] {
  const resources = seeds.flatMap((seed) => seed.resources);
  const problems = seeds.flatMap((seed) => seed.problems);
  // Identity is only reliable once the resources themselves are in order.
  const wrong = problems.length > 0 ? problems : duplicates(resources);
  if (wrong.length > 0) throw seedInvalid(wrong);
  return resources.map(({ resource }) => resource);
}

/** Two versions of one resource in a seed would replace each other at every start. */
function duplicates(resources: readonly SeedResource[]): SeedProblem[] {
  const seen = new Map<string, SeedResource>();
  return resources.flatMap((found) => {
    const { apiVersion, kind, metadata } = found.resource;
    const key = [apiVersion, kind, metadata.namespace ?? '', metadata.name].join('\u0000');
    const first = seen.get(key);
    if (!first) {
      seen.set(key, found);
      return [];
    }
    const text = `${kind} "${metadata.name}" is defined already at ${first.origin}:${first.line}; keep one of them`;
    return [{ ...found, text }];
  });
}
