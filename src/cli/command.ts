import type { ProcessContext } from '../config/process.ts';
import { type GivenFlags, type Resolved, resolveSettings } from '../config/resolve.ts';
import type { ControlClient } from './instance.ts';
import { invocation } from './invocation.ts';

/** What a command works with. */
export interface CommandContext extends ProcessContext {
  /** How the user runs another command, e.g. `npx kymulator`. */
  readonly invocation: string;
  /** The settings that hold for this command. @throws UserError `CONFIG_INVALID` */
  settings(flags: GivenFlags): Promise<Resolved>;
  /** The control API of the running instance that the flags, the environment or the file name. */
  control(flags: GivenFlags): Promise<ControlClient>;
  /** Whether the user asked for a log detailed enough to hold stack traces. Known once `settings` has run. */
  readonly debug: boolean;
}

export function commandContext(process: ProcessContext): CommandContext {
  let debug = false;
  const command = invocation(process);
  const settings = async (flags: GivenFlags) => {
    const { env, cwd, readFile } = process;
    const resolved = await resolveSettings({ flags, env, cwd, readFile });
    debug = ['debug', 'trace'].includes(resolved.settings.logLevel);
    return resolved;
  };
  return {
    ...process,
    invocation: command,
    settings,
    control: async (flags) => {
      const resolved = await settings(flags);
      // Loaded here: Node's HTTP modules take longer to load than all of ours, and help and version need none.
      const { ControlClient, controlBase } = await import('./instance.ts');
      return new ControlClient(controlBase(resolved.settings), `${command} up`);
    },
    get debug() {
      return debug;
    },
  };
}
