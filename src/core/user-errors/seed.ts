import type { Entries } from './entry.ts';

export const seed = {
  SEED_INVALID: {
    when: 'A document of a seed cannot be read, is of an unknown kind, or has what its kind does not allow.',
    message: { one: 'The seed is invalid: {problem}', several: 'The seed is invalid:{problems}' },
    remedy: 'Each problem is told as file, line and column; nothing of the seed has been applied.',
  },
  SEED_UNREADABLE: {
    when: 'A file or directory that `--seed` names is not there or may not be read.',
    message: 'Cannot read the seed {path}: {reason}. Give a YAML or JSON file, or a directory.',
    remedy: 'Name a file, or a directory with files that end in `.yaml`, `.yml` or `.json`.',
  },
} as const satisfies Entries;
