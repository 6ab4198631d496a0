import { type GivenFlags, type Resolved, resolveSettings, type Sources } from '../../src/config/resolve.ts';

export interface Given {
  readonly flags?: GivenFlags['values'];
  readonly problems?: readonly string[];
  readonly config?: string;
  readonly env?: Sources['env'];
  /** Text of /project/kymulator.yaml. */
  readonly yaml?: string;
  /** Further files by absolute path. */
  readonly files?: Readonly<Record<string, string>>;
}

/** Resolves settings in the working directory /project, with files that exist only here. */
export function resolveFrom({ flags = {}, problems, config, env = {}, yaml, files = {} }: Given): Promise<Resolved> {
  const all: Readonly<Record<string, string | undefined>> = { '/project/kymulator.yaml': yaml, ...files };
  return resolveSettings({
    flags: { values: flags, config, problems },
    env,
    cwd: '/project',
    readFile: async (path) => all[path],
  });
}
