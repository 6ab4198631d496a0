import { UserError } from '../core/errors.ts';

/**
 * An application name that can be a Kubernetes object name, and so a file name.
 * @throws UserError `APPLICATION_INVALID`
 */
export function applicationName(given: string): string {
  if (given.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(given)) return given;
  throw new UserError(
    'APPLICATION_INVALID',
    `"${given}" is no application name: use lower-case letters, digits, "-" and ".", with a letter or digit at both ends`,
  );
}
