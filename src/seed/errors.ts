import { type UserError, userError } from '../core/errors.ts';

export interface Place {
  /** File name, or what the caller calls the text. */
  readonly origin: string;
  /** Both count from 1. */
  readonly line: number;
  readonly column: number;
}

/** Of what is in no text. */
export const NOWHERE: Place = { origin: 'the seed', line: 1, column: 1 };

/** Something wrong in a seed, and where. */
export interface SeedProblem extends Place {
  readonly text: string;
}

const SHOWN = 20;

const located = ({ origin, line, column, text }: SeedProblem) => `${origin}:${line}:${column}: ${text}`;

/** One text for each, with its place; of very many only the first. */
export function shown(problems: readonly SeedProblem[]): string[] {
  const lines = problems.slice(0, SHOWN).map(located);
  if (problems.length > SHOWN) lines.push(`… and ${problems.length - SHOWN} more`);
  return lines;
}

/** All that is wrong, so that it can be put right in one go. Nothing of the seed has been applied. */
export function seedInvalid(problems: readonly SeedProblem[]): UserError {
  const lines = shown(problems);
  const [problem = '', ...others] = lines;
  if (others.length === 0) return userError('SEED_INVALID.one', { problem });
  return userError('SEED_INVALID.several', { problems: lines.map((line) => `\n  ${line}`).join('') });
}

export const seedUnreadable = (path: string, reason: string, cause?: unknown) =>
  userError('SEED_UNREADABLE', { path, reason }, { cause });
