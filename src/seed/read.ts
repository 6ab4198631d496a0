import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import type { Resource } from '../resources/resource.ts';
import { type SeedProblem, seedInvalid, seedUnreadable, shown } from './errors.ts';
import { checkKinds } from './kinds.ts';
import { type ParsedSeed, parseText, type SeedResource } from './parse.ts';
import type { Variables } from './variables.ts';

const EXTENSIONS = ['.yaml', '.yml', '.json'];

export interface SeedOptions {
  /** Values for the placeholders `${NAME}`; without this, such texts mean themselves. */
  readonly variables?: Variables | undefined;
  /** CustomResourceDefinitions that are there already; those of the seed itself count as well. */
  readonly definitions?: readonly Resource[] | undefined;
}

export interface Seed {
  readonly resources: readonly Resource[];
  /** What the user should know, each with its place. */
  readonly warnings: readonly string[];
}

/**
 * Reads sources, each a file or all `.yaml`, `.yml` and `.json` files of a directory and its subdirectories in the order
 * of their paths. Everything has been checked and completed when the promise is fulfilled. A later source may have
 * another version of what an earlier one has.
 * @throws UserError `SEED_INVALID` with file, line and column of everything that is wrong; `SEED_UNREADABLE`
 */
export async function readSeed(sources: readonly string[], options: SeedOptions = {}): Promise<Seed> {
  const seeds: ParsedSeed[] = [];
  const empty: string[] = [];
  for (const source of sources) {
    const seed = await readSource(source, options.variables);
    if (seed.resources.length === 0) empty.push(`${source}: there is no resource in it (looked for: ${LOOKED_FOR})`);
    seeds.push(seed);
  }
  return accept(seeds, options.definitions ?? [], empty);
}

const LOOKED_FOR = `documents with apiVersion and kind; in a directory, files that end in ${EXTENSIONS.join(', ')}`;

/** Reads resources from a text that came from somewhere else. Otherwise like `readSeed`. */
export function parseDocuments(text: string, origin: string, options: SeedOptions = {}): Seed {
  const parsing = parseText(text, origin, options.variables);
  let step = parsing.next();
  while (!step.done) step = parsing.next();
  return accept([step.value], options.definitions ?? [], []);
}

async function readSource(source: string, variables: Variables | undefined): Promise<ParsedSeed> {
  const files: ParsedSeed[] = [];
  for (const file of await filesOf(source)) {
    const text = await readFile(file, 'utf8').catch((error) => {
      throw seedUnreadable(file, messageOf(error), error);
    });
    const parsing = parseText(text, file, variables);
    let step = parsing.next();
    // The listeners are open already: a large seed must not keep everybody else waiting.
    for (; !step.done; step = parsing.next()) await turn();
    files.push(step.value);
  }
  return {
    resources: files.flatMap(({ resources }) => resources),
    problems: files.flatMap(({ problems }) => problems),
    warnings: files.flatMap(({ warnings }) => warnings),
  };
}

async function filesOf(path: string): Promise<string[]> {
  try {
    if (!(await stat(path)).isDirectory()) return [path];
    const entries = await readdir(path, { recursive: true, withFileTypes: true });
    return entries
      .filter((entry) => !entry.isDirectory() && EXTENSIONS.includes(extname(entry.name).toLowerCase()))
      .map((entry) => join(entry.parentPath, entry.name))
      .sort();
  } catch (error) {
    throw seedUnreadable(path, messageOf(error), error);
  }
}

function accept(seeds: readonly ParsedSeed[], definitions: readonly Resource[], empty: readonly string[]): Seed {
  const found = seeds.flatMap((seed) => seed.resources);
  const kinds = checkKinds(found, definitions);
  const wrong = seeds.flatMap(({ problems, resources }) => [...problems, ...duplicates(resources)]);
  if (wrong.length + kinds.problems.length > 0) throw seedInvalid([...wrong, ...kinds.problems]);
  const warnings = [...kinds.warnings, ...seeds.flatMap((seed) => seed.warnings)];
  return { resources: found.map(({ resource }) => resource), warnings: [...empty, ...shown(warnings)] };
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
    const text = `${kind} "${metadata.name}" is defined already at ${first.place.origin}:${first.place.line}; keep one of them`;
    return [{ ...found.place, text }];
  });
}
