import type { Entries } from './entry.ts';

export const listening = {
  PORT_IN_USE: {
    when: 'Another program listens on a port of an edge, often an instance that was started before.',
    message:
      'port {port} for the {edge} edge is taken by another program; choose another one with {flag} (0 takes any free one)',
    remedy: 'Stop the other program, or choose another port. Tests take port 0 everywhere.',
  },
  PORT_REFUSED: {
    when: 'The operating system does not let an edge listen.',
    message: {
      address:
        '{host} is no address of this machine, so the {edge} edge cannot listen there; choose another one with --host, or with --inside-host for the edges inside the cluster',
      rights:
        'port {port} on {host} for the {edge} edge needs more rights than this user has; choose another one with {flag} (0 takes any free one)',
      other:
        'port {port} on {host} for the {edge} edge cannot be opened: {reason}; choose another one with {flag} (0 takes any free one)',
    },
    remedy: 'Choose a port above 1023, or an address that this machine has.',
  },
} as const satisfies Entries;
