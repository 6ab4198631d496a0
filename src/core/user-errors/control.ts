import type { Entries } from './entry.ts';

export const control = {
  NAME_INVALID: {
    when: 'An application is to be made whose name Kubernetes does not accept.',
    message: '{problems}',
    remedy: 'Use lower-case letters, digits, `-` and `.`, with a letter or digit at both ends, 253 characters at most.',
    status: 400,
  },
  REQUEST_INVALID: {
    when: 'A request to the control API has another form than it takes.',
    message: '{problem}',
    remedy: 'The text says which part of the request is wrong.',
    status: 400,
  },
  NOT_FOUND: {
    when: 'A path or method is asked for that the control API does not have.',
    message: 'the control API has no {method} {path}',
    remedy: 'Look at the path; other edges have other addresses, which `up` prints.',
    status: 404,
  },
  NOT_LOOPBACK: {
    when: 'The control API is called by another name than one of this machine, as a page in a browser could do.',
    message: 'the control API is reached as localhost or 127.0.0.1 only',
    remedy: 'Call it as `localhost`, `127.0.0.1` or `[::1]`.',
    status: 421,
  },
  NOT_READY: {
    when: 'The instance is still starting, or is being stopped.',
    message: 'not ready yet',
    remedy: 'Ask again a moment later; the command `wait` does.',
    status: 503,
  },
  UNEXPECTED: {
    when: 'Kymulator itself has failed.',
    message: 'unexpected error; the log has the details',
    remedy: 'Look into the log, and report what you find there.',
    status: 500,
  },
} as const satisfies Entries;
