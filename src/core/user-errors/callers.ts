import type { Entries } from './entry.ts';

/** Refusals of edges without TLS, before anything behind them has seen the request. */
export const callers = {
  HOST_UNKNOWN: {
    when: 'An edge is called by a name that does not lead to it. A page in a browser could have bound a name of its own to this machine.',
    message: {
      inside:
        'Kymulator does not serve the name "{host}" and is no proxy to other hosts. Names it serves: {names}. Names of this machine are added with --host-name.',
      edge: 'Kymulator does not serve the name "{host}" here. Call it as localhost or by its IP address, or start it with --host-name NAME for another name that leads to this machine.',
    },
    remedy: 'Call the edge as `localhost` or by an IP address, or add the name with `--host-name NAME`.',
    status: 421,
  },
  ORIGIN_FOREIGN: {
    when: 'A browser sends a request on behalf of a page that is not of the edge itself: another site, another port, a sandboxed frame or a file.',
    message:
      'Kymulator does not answer pages of another origin ({origin}). If the page is yours, start it with --allow-origin ORIGIN; to look at this address, type it into the browser.',
    remedy:
      'Nothing was carried out. If the page is yours, start with `--allow-origin http://localhost:3000`, the origin as a browser has it. A program that passes the headers of browsers on leaves out `Origin` and `Sec-Fetch-Site`. To look at an address, type it into the browser instead of following a link.',
    status: 403,
  },
} as const satisfies Entries;
