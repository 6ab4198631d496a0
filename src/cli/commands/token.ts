import type { GivenFlags } from '../../config/resolve.ts';
import { applicationName } from '../application-name.ts';
import type { CommandContext } from '../command.ts';
import { requestToken } from '../token-request.ts';

export interface TokenOptions {
  /** Only the URL on stdout. */
  readonly quiet: boolean;
}

/** Prints a single-use token URL for an application. */
export async function token(
  context: CommandContext,
  flags: GivenFlags,
  application: string,
  { quiet }: TokenOptions,
): Promise<void> {
  const control = await context.control(flags);
  const { url, created } = await requestToken(control, applicationName(application));
  if (created) (quiet ? context.stderr : context.stdout).write(`Application "${application}" made.\n`);
  context.stdout.write(quiet ? `${url}\n` : `Token URL for "${application}", good for one use:\n\n  ${url}\n`);
}
