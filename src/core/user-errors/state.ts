import type { Entries } from './entry.ts';

export const state = {
  DATA_DIR_IN_USE: {
    when: 'Another instance works with the same data directory.',
    message:
      'The data directory {folder} is in use by another Kymulator. Stop that instance, choose another directory with --data-dir, or run without one with --ephemeral.',
    remedy: 'One instance for each data directory.',
  },
  STATE_UNREADABLE: {
    when: 'The database in the data directory cannot be made or opened, is damaged, or belongs to another program.',
    message: {
      found:
        'Cannot read the state kept in {file}: {reason}. Move the file away to start afresh, choose another directory with --data-dir, or use --ephemeral.',
      made: 'Cannot create {file}: {reason}. Choose another directory with --data-dir, or use --ephemeral.',
    },
    remedy: 'The file stays as it is. Move it away to start afresh, or choose another data directory.',
  },
  STORE_CLOSED: {
    when: 'A program goes on with the store of an instance that it has closed.',
    message: 'the resource store is closed',
    remedy: 'Close the instance after everything that works with it.',
    status: 503,
  },
  STATE_TOO_NEW: {
    when: 'A newer version has written the state.',
    message:
      'The state kept in {file} was written by a newer Kymulator (schema version {found}, this one knows up to {known}). Use that version, or choose another directory with --data-dir.',
    remedy: 'Use the newer version, or another data directory.',
  },
} as const satisfies Entries;
