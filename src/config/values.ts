import { formatDuration, parseDuration } from './duration.ts';
import type { Option, OptionType, OptionValue } from './option.ts';

/** How one type of option reads, describes and shows its values. `undefined` from a reader: not such a value. */
interface ValueType {
  expected(option: Option): string;
  /** From a flag or an environment variable. */
  fromText(text: string, option: Option): OptionValue | undefined;
  /** From the configuration file, and from code unless `fromCode` is there. */
  fromData(data: unknown, option: Option): OptionValue | undefined;
  fromCode?(data: unknown, option: Option): OptionValue | undefined;
  /** JSON Schema of the value in `kymulator.yaml`. */
  schema(option: Option): Record<string, unknown>;
}

const onText = (read: ValueType['fromText']) => (data: unknown, option: Option) =>
  typeof data === 'string' ? read(data, option) : undefined;

const checked = (text: string, { check }: Option) => (check === undefined || check(text) ? text : undefined);
const text: ValueType = {
  expected: ({ form }) => form ?? 'a text',
  fromText: checked,
  fromData: onText(checked),
  schema: () => ({ type: 'string' }),
};

const truths: Readonly<Record<string, boolean>> = { true: true, yes: true, 1: true, false: false, no: false, 0: false };

const isPort = (data: unknown): data is number => Number.isInteger(data) && Number(data) >= 0 && Number(data) <= 65535;

/** Ten years of 365 days: more than any wait can mean, and far from where dates end. */
const LONGEST_DURATION = 3650 * 86_400_000;

const allowed = (milliseconds: number | undefined, { negative, longest = LONGEST_DURATION }: Option) =>
  milliseconds === undefined || (milliseconds < 0 && negative !== true) || milliseconds > longest
    ? undefined
    : milliseconds;
const duration = (given: string, option: Option) => allowed(parseDuration(given), option);

/** All entries, or undefined when one of them is none. */
function entriesOf(given: readonly unknown[], { check }: Option): readonly string[] | undefined {
  const good = (entry: unknown) => typeof entry === 'string' && entry !== '' && (check === undefined || check(entry));
  return given.every(good) ? (given as readonly string[]) : undefined;
}

const nonEmpty = (given: string) => (given === '' ? undefined : given);

export const valueTypes: Readonly<Record<OptionType, ValueType>> = {
  string: text,
  release: text,
  path: {
    expected: () => 'a path',
    fromText: nonEmpty,
    fromData: onText(nonEmpty),
    schema: () => ({ type: 'string', minLength: 1 }),
  },
  boolean: {
    expected: () => 'true or false',
    fromText: (given) => truths[given.toLowerCase()],
    fromData: (data) => (typeof data === 'boolean' ? data : undefined),
    schema: () => ({ type: 'boolean' }),
  },
  port: {
    expected: () => 'a port number, 0 to 65535',
    fromText: (given) => (/^\d{1,5}$/.test(given) && isPort(Number(given)) ? Number(given) : undefined),
    fromData: (data) => (isPort(data) ? data : undefined),
    schema: () => ({ type: 'integer', minimum: 0, maximum: 65535 }),
  },
  duration: {
    expected: ({ negative, longest = LONGEST_DURATION }) =>
      `a duration with its unit, such as 1500ms, 90s, 10m, 2h or 92d, ${negative ? '' : 'not below zero and '}at most ${formatDuration(longest)}`,
    fromText: duration,
    fromData: onText(duration),
    fromCode: (data, option) =>
      typeof data === 'number' && Number.isFinite(data) ? allowed(data, option) : onText(duration)(data, option),
    schema: ({ negative }) => ({
      type: 'string',
      pattern: `^(0|${negative ? '-?' : ''}(\\d+(\\.\\d+)?(ms|s|m|h|d))+)$`,
    }),
  },
  list: {
    expected: ({ items, form }) => form ?? (items === 'path' ? 'a list of paths' : 'a list of texts'),
    fromText: (given, option) =>
      entriesOf(
        given.split(',').map((entry) => entry.trim()),
        option,
      ),
    fromData: (data, option) => entriesOf(Array.isArray(data) ? data : [data], option),
    schema: () => {
      const entry = { type: 'string', minLength: 1 };
      return { anyOf: [entry, { type: 'array', items: entry }] };
    },
  },
  choice: {
    expected: ({ choices = [] }) => `one of ${choices.join(', ')}`,
    fromText: (given, { choices = [] }) => (choices.includes(given) ? given : undefined),
    fromData: (data, { choices = [] }) => choices.find((choice) => choice === data),
    schema: ({ choices = [] }) => ({ enum: choices }),
  },
};

/** Types whose values are text, so that a bare number in YAML (`kyma: 2.20`) is meant as it is written. */
export const isTextual = ({ type }: Option) => type === 'string' || type === 'release' || type === 'path';

/** A value as a person would write it in a flag. */
export function showValue(option: Option, value: OptionValue | undefined): string {
  if (value === undefined || value === '') return '';
  if (option.type === 'duration') return formatDuration(Number(value));
  return Array.isArray(value) ? value.join(', ') : String(value);
}
