import { dirname, isAbsolute, resolve } from 'node:path';
import { messageOf } from '../core/errors.ts';
import { suggestion } from '../core/nearest.ts';
import type { FileContent } from './file.ts';
import { configFileVariable, environmentNameOf, environmentPrefix, flagOf, isServiceLink } from './names.ts';
import type { Option, OptionValue } from './option.ts';
import { isOptionName, type OptionName, optionNames, optionRows, options, type Settings } from './options.ts';
import { configInvalid, wrongValue } from './problems.ts';
import { crossProblems, uselessFolder } from './rules.ts';
import { isTextual, valueTypes } from './values.ts';

/** What the command line said. */
export interface GivenFlags {
  /** By option; repeated flags as an array. Booleans come as booleans, everything else as text. */
  readonly values: Readonly<Partial<Record<OptionName, string | boolean | readonly string[]>>>;
  /** The value of `--config`. */
  readonly config?: string | undefined;
  /** What is wrong with the command line itself, found by its parser. */
  readonly problems?: readonly string[] | undefined;
}

export interface Sources {
  readonly flags: GivenFlags;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory: `kymulator.yaml` is looked for here, and relative paths start here. */
  readonly cwd: string;
  /** The text of a file; undefined when there is no such file. */
  readFile(path: string): Promise<string | undefined>;
}

export interface Resolved {
  readonly settings: Settings;
  /** Where each value comes from, in words: `flag --kyma`, `kymulator.yaml:3`, `default`. */
  readonly origins: Readonly<Record<OptionName, string>>;
  /** The configuration file that was read, if any. */
  readonly file?: string | undefined;
}

interface Found {
  readonly value: OptionValue;
  readonly origin: string;
  /** Folder that relative paths of this source start from. */
  readonly base: string;
}
type Layer = Map<OptionName, Found>;

const defaultFile = 'kymulator.yaml';

/**
 * The settings of a run of the command line. A flag wins over the environment, which wins over the file, which wins
 * over the default. Paths come out absolute: those of the file start at the file's folder, all others at `cwd`.
 * @throws UserError `CONFIG_INVALID` with every problem of all sources
 */
export async function resolveSettings(sources: Sources): Promise<Resolved> {
  const problems: string[] = [...(sources.flags.problems ?? [])];
  const flags = readFlags(sources, problems);
  const environment = readEnvironment(sources, problems);
  const file = await readConfigFile(sources, problems);
  const layers = [flags, environment, file.layer];

  const settings: Partial<Record<OptionName, OptionValue>> = {};
  const origins: Partial<Record<OptionName, string>> = {};
  for (const [name, option] of optionRows) {
    const found = layers.map((layer) => layer.get(name)).find((entry) => entry !== undefined);
    const value = found?.value ?? option.default;
    if (value !== undefined) settings[name] = atBase(option, value, found?.base ?? sources.cwd);
    origins[name] = found?.origin ?? 'default';
  }
  // The loop has set every option that has a default, and only values that the option's own reader made.
  const complete = settings as unknown as Settings;
  problems.push(...crossProblems(complete, flagOf));
  // The environment or the file may name a folder for all runs; a flag is about this one.
  if (complete.ephemeral && flags.has('dataDir')) problems.push(uselessFolder(flagOf('dataDir'), flagOf('ephemeral')));
  if (problems.length > 0) throw configInvalid(problems);
  return { settings: complete, origins: origins as Record<OptionName, string>, file: file.path };
}

function atBase(option: Option, value: OptionValue, base: string): OptionValue {
  if (option.type === 'path') return resolve(base, String(value));
  if (option.items === 'path' && Array.isArray(value)) return value.map((path) => resolve(base, path));
  return value;
}

function readFlags({ flags, cwd }: Sources, problems: string[]): Layer {
  const layer: Layer = new Map();
  for (const [name, option] of optionRows) {
    const given = flags.values[name];
    if (given === undefined) continue;
    const texts = [given].flat().map(String);
    const values = texts.map((text) => valueTypes[option.type].fromText(text, option));
    const wrong = values.indexOf(undefined);
    if (wrong >= 0) problems.push(wrongValue(flagOf(name), texts[wrong], option));
    const value = option.type === 'list' ? values.flatMap((list) => list as string[]) : values.at(-1);
    if (wrong < 0 && value !== undefined) layer.set(name, { value, origin: `flag ${flagOf(name)}`, base: cwd });
  }
  return layer;
}

/** An empty variable counts as not set, as compose files and CI systems pass on variables that have no value. */
function readEnvironment({ env, cwd }: Sources, problems: string[]): Layer {
  const layer: Layer = new Map();
  const byVariable = new Map<string, OptionName>(optionNames.map((name) => [environmentNameOf(name), name]));
  for (const [variable, given] of Object.entries(env)) {
    if (!variable.startsWith(environmentPrefix) || given === undefined || given === '') continue;
    if (variable === configFileVariable || isServiceLink(variable, given)) continue;
    const name = byVariable.get(variable);
    if (name === undefined) {
      const wanted = variable.slice(environmentPrefix.length);
      const hint = suggestion(wanted, [...optionNames, 'config'], environmentNameOf);
      problems.push(`unknown environment variable ${variable}${hint}`);
      continue;
    }
    const value = valueTypes[options[name].type].fromText(given, options[name]);
    if (value === undefined) problems.push(wrongValue(variable, given, options[name]));
    else layer.set(name, { value, origin: `environment ${variable}`, base: cwd });
  }
  return layer;
}

async function readConfigFile(sources: Sources, problems: string[]): Promise<{ layer: Layer; path?: string }> {
  const layer: Layer = new Map();
  const named = sources.flags.config ?? (sources.env[configFileVariable] || undefined);
  const shown = named ?? defaultFile;
  const path = isAbsolute(shown) ? shown : resolve(sources.cwd, shown);
  let text: string | undefined;
  try {
    text = await sources.readFile(path);
  } catch (error) {
    problems.push(`cannot read the configuration file ${shown}: ${messageOf(error)}`);
    return { layer };
  }
  if (text === undefined) {
    if (named !== undefined) problems.push(`there is no configuration file ${shown} (looked for ${path})`);
    return { layer };
  }
  // Loaded here, so that a start without a file does not pay for the YAML parser.
  const { parseConfigFile } = await import('./file.ts');
  addFileEntries(parseConfigFile(text, shown), { shown, base: dirname(path) }, layer, problems);
  return { layer, path };
}

function addFileEntries(
  content: FileContent,
  { shown, base }: { shown: string; base: string },
  layer: Layer,
  problems: string[],
): void {
  problems.push(...content.problems);
  for (const { key, data, source, line } of content.entries) {
    if (!isOptionName(key)) {
      problems.push(`${shown}:${line}: unknown option ${key}${suggestion(key, optionNames)}`);
      continue;
    }
    const option: Option = options[key];
    const { fromText, fromData } = valueTypes[option.type];
    const value = isTextual(option) && source !== undefined ? fromText(source, option) : fromData(data, option);
    if (value === undefined) problems.push(wrongValue(`${shown}:${line}: ${key}`, data, option));
    else layer.set(key, { value, origin: `${shown}:${line}`, base });
  }
}
