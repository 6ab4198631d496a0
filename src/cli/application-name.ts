import { userError } from '../core/errors.ts';

/**
 * An application name that can be a Kubernetes object name, and so a file name.
 * @throws UserError `APPLICATION_INVALID`
 */
export function applicationName(given: string): string {
  if (given.length <= 253 && /^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(given)) return given;
  throw userError('APPLICATION_INVALID', { name: given });
}
