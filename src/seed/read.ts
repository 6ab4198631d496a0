import { readdir, readFile, stat } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { messageOf } from '../core/errors.ts';
import { definitionKind } from '../resources/kinds.ts';
import { knownKinds } from '../resources/known-kinds.ts';
import type { KindReference, Resource } from '../resources/resource.ts';
import { NOWHERE, type Place, type SeedProblem, seedInvalid, seedUnreadable, shown } from './errors.ts';
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
  /** Where one of the resources was found. */
  readonly placeOf: (resource: Resource) => Place;
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
  return inTurns(accept(seeds, options.definitions ?? [], empty));
}

const LOOKED_FOR = `documents with apiVersion and kind; in a directory, files that end in ${EXTENSIONS.join(', ')}`;

/** Reads resources from a text that came from somewhere else. Otherwise like `readSeed`. */
export function parseDocuments(text: string, origin: string, options: SeedOptions = {}): Seed {
  const seed = atOnce(parseText(text, origin, options.variables));
  return atOnce(accept([seed], options.definitions ?? [], []));
}

/** The listeners are open already: a large seed must not keep everybody else waiting. */
async function inTurns<T>(steps: Generator<undefined, T>): Promise<T> {
  let step = steps.next();
  for (; !step.done; step = steps.next()) await turn();
  return step.value;
}

function atOnce<T>(steps: Generator<undefined, T>): T {
  let step = steps.next();
  while (!step.done) step = steps.next();
  return step.value;
}

async function readSource(source: string, variables: Variables | undefined): Promise<ParsedSeed> {
  const files: ParsedSeed[] = [];
  for (const file of await filesOf(source)) {
    const text = await readFile(file, 'utf8').catch((error) => {
      throw seedUnreadable(file, messageOf(error), error);
    });
    files.push(await inTurns(parseText(text, file, variables)));
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

/** Looks at everything together, when all kinds are known. Yields after every resource that needs it. */
function* accept(
  seeds: readonly ParsedSeed[],
  definitions: readonly Resource[],
  empty: readonly string[],
): Generator<undefined, Seed> {
  const defined = seeds.flatMap(({ resources }) => resources.map(({ resource }) => resource)).filter(isDefinition);
  const known = knownKinds([...definitions, ...defined]);
  const found: SeedResource[] = [];
  const wrong: (readonly SeedProblem[])[] = [];
  const warnings: (readonly SeedProblem[])[] = [];
  for (const { resources, ...seed } of seeds) {
    const own: SeedResource[] = [];
    wrong.push(seed.problems);
    warnings.push(seed.warnings);
    for (const { again, ...rest } of resources) {
      const judged = again && known.find(rest.resource) ? again(known.find) : undefined;
      own.push({ ...rest, resource: judged?.resource ?? rest.resource });
      if (!judged) continue;
      wrong.push(judged.problems);
      warnings.push(judged.warnings);
      yield;
    }
    wrong.push(duplicates(own));
    for (const resource of own) found.push(resource);
  }
  const kinds = checkKinds(found, known);
  const problems = [...wrong.flat(), ...kinds.problems];
  if (problems.length > 0) throw seedInvalid(problems);
  const places = new Map(found.map(({ resource, place }) => [resource, place]));
  return {
    resources: found.map(({ resource }) => resource),
    placeOf: (resource) => places.get(resource) ?? NOWHERE,
    warnings: [...empty, ...shown([...kinds.warnings, ...warnings.flat()])],
  };
}

const isDefinition = ({ apiVersion, kind }: KindReference) =>
  kind === definitionKind.kind && apiVersion === definitionKind.apiVersion;

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
