import { createHash } from 'node:crypto';

/** Leaves room for `-` and five digits within the 63 characters of a DNS label. */
const MAX_NAME = 57;

const dashed = (displayName: string) =>
  displayName
    .replace(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase()
    .replace(/-$/, '')
    .slice(0, MAX_NAME);

/** The form of a display name by which the gateway finds a service; empty when nothing is left. (application-cr §5.2) */
export const normaliseName = (displayName: string) => dashed(displayName).replace(/^-/, '');

/** The name under which the registry stores a service: readable, and distinct per id. (application-cr §5.2) */
export function serviceName(displayName: string, id: string): string {
  // SHA-1 because the name is part of the contract; it guards nothing.
  const suffix = createHash('sha1').update(id).digest('hex').slice(0, 5);
  return `${dashed(displayName)}-${suffix}`.replace(/^-/, '');
}
