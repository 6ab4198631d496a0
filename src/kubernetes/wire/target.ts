import { decodePath } from '../../go/path.ts';

/** What the path of a request names. (kubernetes-api §6) */
export interface Target {
  /** Empty for the core group. */
  readonly group: string;
  readonly version: string;
  readonly apiVersion: string;
  readonly plural: string;
  readonly namespace: string | undefined;
  readonly name: string | undefined;
  readonly subresource: string | undefined;
}

/**
 * Reads `/api/v1/…` and `/apis/{group}/{version}/…`. The path is as it was sent.
 * @returns undefined for any other path
 */
export function parseTarget(path: string): Target | undefined {
  const parts = path.split('/');
  const core = parts[1] === 'api';
  if (!core && parts[1] !== 'apis') return undefined;
  const start = core ? 3 : 4;
  const [group, version] = core ? ['', parts[2]] : [parts[2], parts[3]];
  const rest = parts.slice(start).map((part) => (part.includes('%') ? (decodePath(part) ?? part) : part));
  if (!version || group === undefined || rest.length === 0 || rest.some((part) => part === '')) return undefined;
  const place = placeOf(rest);
  if (!place) return undefined;
  return { group, version, apiVersion: group ? `${group}/${version}` : version, ...place };
}

type Place = Pick<Target, 'plural' | 'namespace' | 'name' | 'subresource'>;

/** Subresources of a Namespace; anything else behind its name is a kind of resource in it. */
const ofNamespace = new Set(['status', 'finalize']);

function placeOf(parts: readonly string[]): Place | undefined {
  const [first = '', second, third, ...more] = parts;
  if (first === 'namespaces' && third !== undefined && !(ofNamespace.has(third) && more.length === 0)) {
    const [name, subresource, ...tail] = more;
    return tail.length > 0 ? undefined : { plural: third, namespace: second, name, subresource };
  }
  return more.length > 0 ? undefined : { plural: first, namespace: undefined, name: second, subresource: third };
}
