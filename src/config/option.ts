/** What one row of the option table (`options.ts`) can say. */

export type OptionType = 'string' | 'boolean' | 'port' | 'duration' | 'list' | 'choice' | 'path' | 'release';

/** A value after reading: durations are milliseconds. */
export type OptionValue = string | number | boolean | readonly string[];

export interface Option {
  readonly type: OptionType;
  readonly group: string;
  /** One sentence without full stop, for `--help`, the documentation page and the JSON Schema. */
  readonly description: string;
  /** Default of the command line. Absent: the setting is undefined unless given. */
  readonly default?: OptionValue | undefined;
  /** Default of `startKymulator()` where it differs. */
  readonly libraryDefault?: OptionValue | undefined;
  /** What an absent setting means; only for options without default. */
  readonly whenUnset?: string | undefined;
  /** The values of a `choice`. */
  readonly choices?: readonly string[] | undefined;
  /** What a `list` holds; paths are resolved like `path` options. */
  readonly items?: 'text' | 'path' | undefined;
  /** Whether a `duration` may be below zero. */
  readonly negative?: boolean | undefined;
  /** The longest `duration` in milliseconds, where it is not that of all. */
  readonly longest?: number | undefined;
  /** A further rule for the text of a `string` or `release` and for each entry of a `list`, together with its `form`. */
  readonly check?: ((text: string) => boolean) | undefined;
  /** What the value must look like, as it follows "expected …". */
  readonly form?: string | undefined;
}

type ValueOf<O extends Option> = O extends { type: 'boolean' }
  ? boolean
  : O extends { type: 'port' | 'duration' }
    ? number
    : O extends { type: 'list' }
      ? readonly string[]
      : O extends { type: 'choice'; choices: readonly (infer C)[] }
        ? C
        : string;

/** The settings that a table of options stands for. */
export type SettingsOf<T extends Readonly<Record<string, Option>>> = {
  readonly [N in keyof T]: T[N] extends { default: unknown } ? ValueOf<T[N]> : ValueOf<T[N]> | undefined;
};
