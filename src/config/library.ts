import { suggestion } from '../core/nearest.ts';
import type { OptionValue } from './option.ts';
import { isOptionName, type OptionName, optionNames, optionRows, options, type Settings } from './options.ts';
import { configInvalid, wrongValue } from './problems.ts';
import { crossProblems, uselessFolder } from './rules.ts';
import { valueTypes } from './values.ts';

/** Settings as code gives them: all optional; a duration is a number of milliseconds or a text such as `90s`. */
export type SettingsInput = {
  readonly [N in OptionName]?:
    | Settings[N]
    | ((typeof options)[N] extends { type: 'duration' } ? string : never)
    | undefined;
};

/**
 * The settings of `startKymulator(options)`: what is given, and the library's defaults for the rest. Neither the
 * environment nor a file is read, and paths stay as given. Who names a folder wants things kept, so `ephemeral` is false
 * then unless it is given too.
 * @throws UserError `CONFIG_INVALID` with every problem
 */
export function librarySettings(input: SettingsInput = {}): Settings {
  const problems: string[] = [];
  for (const key of Object.keys(input)) {
    if (!isOptionName(key)) problems.push(`unknown option ${key}${suggestion(key, optionNames)}`);
  }
  const settings: Partial<Record<OptionName, OptionValue>> = {};
  for (const [name, option] of optionRows) {
    const given: unknown = input[name];
    const { fromCode, fromData } = valueTypes[option.type];
    const value =
      given === undefined ? (option.libraryDefault ?? option.default) : (fromCode ?? fromData)(given, option);
    if (value !== undefined) settings[name] = value;
    else if (given !== undefined) problems.push(wrongValue(`option ${name}`, given, option));
  }
  const folders = (['dataDir', 'certsDir'] as const).filter((name) => input[name] !== undefined);
  if (input.ephemeral === undefined && folders.length > 0) settings.ephemeral = false;
  if (settings.ephemeral === true) {
    // The settings of an ephemeral instance, given to another, have the folders that it did not use.
    const useless = folders.filter((name) => input[name] !== options[name].default);
    problems.push(...useless.map((name) => uselessFolder(`option ${name}`, 'ephemeral: true')));
  }
  // The loop has set every option that has a default, and only values that the option's own reader made.
  const complete = settings as unknown as Settings;
  problems.push(...crossProblems(complete, (name) => `option ${name}`));
  if (problems.length > 0) throw configInvalid(problems);
  return complete;
}
