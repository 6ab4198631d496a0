import type { CommandSurroundings } from './command.ts';

/** What of this machine's environment a command needs to work at all; the rest is none of a pod's business. */
const passedOn = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TZ', 'TERM', 'TMPDIR', 'SystemRoot', 'PATHEXT'];

export interface SurroundingsOptions {
  /** The environment of this process. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Base URL of the edge that answers under the names of the cluster. */
  readonly internalUrl: string;
  /** The working directory of commands. */
  readonly directory: string;
}

/**
 * What a command in a pod finds around it. Names of the cluster resolve because HTTP clients ask the internal edge for
 * them, as their proxy. (kubernetes-api §11)
 */
export function podSurroundings(
  pod: string,
  { env, internalUrl, directory }: SurroundingsOptions,
): CommandSurroundings {
  const inherited = passedOn.flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  const local = 'localhost,127.0.0.1,::1';
  return {
    directory,
    environment: {
      ...Object.fromEntries(inherited),
      HOSTNAME: pod,
      // Programs differ in which of the two they read.
      HTTP_PROXY: internalUrl,
      http_proxy: internalUrl,
      NO_PROXY: local,
      no_proxy: local,
    },
  };
}
