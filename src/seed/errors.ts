import { UserError } from '../core/errors.ts';

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
  const text =
    lines.length === 1 ? `The seed is invalid: ${lines[0]}` : `The seed is invalid:\n  ${lines.join('\n  ')}`;
  return new UserError('SEED_INVALID', text);
}

export const seedUnreadable = (path: string, why: string, cause?: unknown) =>
  new UserError('SEED_UNREADABLE', `Cannot read the seed ${path}: ${why}. Give a YAML or JSON file, or a directory.`, {
    cause,
  });
