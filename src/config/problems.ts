import { type UserError, userError } from '../core/errors.ts';
import type { Option } from './option.ts';
import { valueTypes } from './values.ts';

/** Every problem of one run in one error: `CONFIG_INVALID`. */
export function configInvalid(problems: readonly string[]): UserError {
  const [problem = 'the configuration is invalid', ...others] = problems;
  if (others.length === 0) return userError('CONFIG_INVALID.one', { problem });
  const lines = problems.map((one) => `\n  - ${one}`).join('');
  return userError('CONFIG_INVALID.several', { count: problems.length, problems: lines });
}

const longestQuote = 80;

function quote(given: unknown): string {
  const text = JSON.stringify(given) ?? String(given);
  return text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text;
}

/** @param label the option as the user wrote it, with the place if it has one */
export const wrongValue = (label: string, given: unknown, option: Option) =>
  `${label} is ${quote(given)}; expected ${valueTypes[option.type].expected(option)}`;
