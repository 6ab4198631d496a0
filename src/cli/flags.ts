import { type Command, Option as Flag } from 'commander';
import { flagOf, negatedFlagOf } from '../config/names.ts';
import type { Option } from '../config/option.ts';
import { type OptionName, optionNames, optionRows } from '../config/options.ts';
import type { GivenFlags } from '../config/resolve.ts';
import { showValue } from '../config/values.ts';
import { suggestion } from '../core/nearest.ts';

/** The options that every command takes which talks to a running instance. */
export const clientOptions: readonly OptionName[] = ['controlUrl', 'controlPort', 'logLevel'];

const placeholders: Readonly<Record<Option['type'], string>> = {
  string: '<text>',
  release: '<release>',
  port: '<port>',
  duration: '<duration>',
  list: '<text>',
  choice: '<choice>',
  path: '<path>',
  boolean: '',
};

function defaultNote(option: Option): string {
  const shown = option.type === 'boolean' ? '' : showValue(option, option.default);
  return shown === '' ? '' : `default: ${shown}`;
}

function helpText(option: Option): string {
  const notes = [
    option.choices ? `one of ${option.choices.join(', ')}` : '',
    option.type === 'list' ? 'can be repeated' : '',
    option.whenUnset ? `default: ${option.whenUnset}` : '',
    defaultNote(option),
  ].filter((note) => note !== '');
  return notes.length > 0 ? `${option.description} (${notes.join('; ')})` : option.description;
}

/** A boolean has two flags; the help shows the one that changes the default. */
function booleanFlags(name: OptionName, option: Option): Flag[] {
  const on = new Flag(flagOf(name), helpText(option)).hideHelp(option.default === true);
  const negated = `Do not ${option.description.charAt(0).toLowerCase()}${option.description.slice(1)}`;
  const off = new Flag(negatedFlagOf(name), negated).hideHelp(option.default !== true);
  return [on, off];
}

function valueFlag(name: OptionName, option: Option): Flag {
  const placeholder = option.items === 'path' ? '<path>' : placeholders[option.type];
  const flag = new Flag(`${flagOf(name)} ${placeholder}`, helpText(option));
  if (option.type === 'list') flag.argParser((value: string, before?: string[]) => [...(before ?? []), value]);
  return flag;
}

/**
 * Gives a command the flags of the table, grouped for its help. Unknown flags are let through: `givenFlags` reports
 * them together with everything else that is wrong.
 */
export function addConfigFlags(command: Command, names: readonly OptionName[] = optionNames): Command {
  command.addOption(new Flag('--config <file>', 'Configuration file (default: kymulator.yaml, if it is there)'));
  for (const [name, option] of optionRows) {
    if (!names.includes(name)) continue;
    const flags = option.type === 'boolean' ? booleanFlags(name, option) : [valueFlag(name, option)];
    for (const flag of flags) command.addOption(flag.helpGroup(`${option.group}:`));
  }
  return command.allowUnknownOption().allowExcessArguments();
}

/** What the user gave to a command that `addConfigFlags` prepared. */
export function givenFlags(command: Command): GivenFlags {
  const given: Readonly<Record<string, unknown>> = command.opts();
  const values: Partial<Record<OptionName, string | boolean | string[]>> = {};
  for (const name of optionNames) {
    const value = given[name];
    if (typeof value === 'string' || typeof value === 'boolean' || Array.isArray(value)) values[name] = value;
  }
  const { config } = given;
  return {
    values,
    config: typeof config === 'string' ? config : undefined,
    problems: strayProblems(command),
  };
}

function strayProblems(command: Command): string[] {
  const known = command.options.flatMap(({ long }) => long ?? []);
  const problems: string[] = [];
  let expected = command.registeredArguments.length;
  let valueOfUnknown = false;
  for (const argument of command.args) {
    const [flag = argument, value] = argument.split('=', 2);
    if (!argument.startsWith('-')) {
      if (!valueOfUnknown && expected-- === 0) problems.push(strayArgument(argument, command));
      valueOfUnknown = false;
      continue;
    }
    valueOfUnknown = value === undefined && !known.includes(flag);
    problems.push(
      known.includes(flag)
        ? `${flag} takes no value; write ${flag} or ${flag.replace(/^--/, '--no-')}`
        : `unknown option ${flag}${suggestion(flag, known)}`,
    );
  }
  return problems;
}

function strayArgument(argument: string, command: Command): string {
  const siblings = command.parent?.commands.map((sibling) => sibling.name()) ?? [];
  const before = command.parent?.parent ? `kymulator ${command.parent.name()}` : 'kymulator';
  if (siblings.includes(argument)) return `unexpected "${argument}"; the command comes first: ${before} ${argument} …`;
  return command.registeredArguments.length > 0
    ? `unexpected "${argument}" after ${before} ${command.name()}`
    : `unknown command "${argument}"${suggestion(argument, siblings)}`;
}
