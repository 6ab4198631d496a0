import type { ReleasedValidator } from './generations.ts';

/** The application that a decoded path names; undefined when the path ends with it. Empty for `//…`. */
export const applicationOf = (path: string): string | undefined => /^\/([^/]*)\//.exec(path)?.[1];

/** Where a path leads behind the gateway. */
export type Destination =
  | { readonly to: 'metadata' }
  | { readonly to: 'events' /** Replaces the path. */; readonly path: string | undefined };

/** The destination of a decoded path; prefixes count, with no regard for where a segment ends. */
export function destinationOf(
  path: string,
  application: string,
  { metadataPath, leadsToMetadata, eventPaths }: ReleasedValidator,
): Destination | undefined {
  const rest = path.slice(application.length + 1);
  if (leadsToMetadata && rest.startsWith(metadataPath)) return { to: 'metadata' };
  const event = eventPaths.find((candidate) => rest.startsWith(candidate.path));
  return event && { to: 'events', path: event.becomes };
}

/**
 * Whether the gateway leads a decoded path to the validator, or in its early days to the service itself. Of the
 * per-application kind any path with the prefix, of the central kind whole segments. (metadata-service §11.2)
 */
export function isRouted(path: string, { scope, metadataPath, eventPaths }: ReleasedValidator): boolean {
  const application = applicationOf(path);
  if (!application) return false;
  const rest = path.slice(application.length + 1);
  return [metadataPath, ...eventPaths.map((event) => event.path)].some(
    (prefix) =>
      rest.startsWith(prefix) &&
      (scope === 'application' || rest.length === prefix.length || rest[prefix.length] === '/'),
  );
}
