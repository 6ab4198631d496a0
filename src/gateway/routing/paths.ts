import { escapedPath, escapePath, type GoUrl, GoUrlError, parseGoUrl, readPath } from '../../go/url.ts';
import type { Defects } from '../releases/defects.ts';

/** Which of the two URL forms a proxy port speaks. (application-gateway §1) */
export type Form = 'standalone' | 'compass';

/** A request target, taken apart but not decoded. */
export interface RequestTarget {
  /** Scheme and host when the client sent an absolute URL, as clients of a forward proxy do; else empty. */
  readonly origin: string;
  /** Percent-encoded; characters that are illegal in a path have been escaped. */
  readonly path: string;
  /** The query with its question mark, verbatim; empty without one. */
  readonly search: string;
}

/** What a gateway URL names. All texts are still percent-encoded, because names are compared that way. */
export interface Address {
  readonly application: string;
  readonly service: string;
  /** Only in the compass form. */
  readonly entry: string | undefined;
  readonly subPath: string;
}

/** A path in both spellings, see `GoUrl`. */
export type Path = Pick<GoUrl, 'path' | 'rawPath'>;

const absoluteForm = /^([A-Za-z][A-Za-z0-9+\-.]*:\/\/[^/?]*)(.*)$/s;

/**
 * Takes a request target apart. (application-gateway §3)
 * @throws GoUrlError when an escape in the path is malformed
 */
export function readRequestTarget(url: string): RequestTarget {
  const absolute = url.startsWith('/') ? null : absoluteForm.exec(url);
  const origin = absolute?.[1] ?? '';
  const rest = absolute?.[2] ?? url;
  const mark = rest.indexOf('?');
  const path = mark < 0 ? rest : rest.slice(0, mark);
  const search = mark < 0 ? '' : rest.slice(mark);
  return { origin, path: escapedPath(readPath(path)), search };
}

/** The same with the path decoded, as the central gateway did it before `encodeUrl`. (application-gateway §15) */
export function readDecodedTarget(url: string): RequestTarget {
  const target = readRequestTarget(url);
  return { ...target, path: readPath(target.path).path };
}

/**
 * Application, service, entry and sub-path of a gateway path; undefined when the path is too short.
 * (application-gateway §3 rules 1–3)
 */
export function readAddress(path: string, form: Form): Address | undefined {
  let start = 0;
  let end = path.length;
  while (path.charCodeAt(start) === SLASH) start++;
  while (end > start && path.charCodeAt(end - 1) === SLASH) end--;
  const parts: string[] = [];
  const wanted = form === 'standalone' ? 2 : 3;
  while (parts.length < wanted && start <= end) {
    const slash = path.indexOf('/', start);
    const stop = slash < 0 || slash > end ? end : slash;
    parts.push(path.slice(start, stop));
    start = stop + 1;
  }
  const [application, service, entry] = parts;
  if (!application || service === undefined || parts.length < wanted) return undefined;
  return { application, service, entry, subPath: start < end ? path.slice(start, end) : '' };
}

const SLASH = 0x2f;

/**
 * Decodes a sub-path; undefined when it cannot be used. Upstream reads it as a URL reference, so that a colon in its
 * first segment makes a scheme and two leading slashes a host.
 * (application-gateway §3 rule 4, §23.4)
 */
export function readSubPath(subPath: string, reading: Defects['subPaths']): Path | undefined {
  // A lone asterisk counts as decoded, which has it escaped later. (§23.6)
  if (subPath === '*') return { path: '*', rawPath: '' };
  try {
    return reading === 'as-references' ? parseGoUrl(subPath) : readPath(subPath);
  } catch (error) {
    if (error instanceof GoUrlError) return undefined;
    throw error;
  }
}

/** Joins two paths by exactly one slash. */
function join(base: string, path: string): string {
  if (base.endsWith('/')) return base + (path.startsWith('/') ? path.slice(1) : path);
  return path.startsWith('/') ? base + path : `${base}/${path}`;
}

/**
 * The path to call at the target.
 * @param targetPath the decoded path of `targetUrl`
 * @param encodeUrl the Application's setting: whether the path is encoded anew or keeps the client's escapes
 *   (application-gateway §3.1)
 */
export function composePath(targetPath: string, subPath: Path, encodeUrl: boolean): string {
  if (subPath.path === '') return escapedPath({ path: targetPath, rawPath: targetPath }) || '/';
  const path = join(targetPath, subPath.path);
  if (encodeUrl || subPath.rawPath === '') return escapePath(path);
  return escapedPath({ path, rawPath: join(targetPath, subPath.rawPath) });
}

/** How the gateways of one Application spelled the target path, which changed once. (application-gateway §15, §16.2) */
export type HostPathSpelling = 'decoded' | 'as-received';

/** The path to call at the target for a gateway that is chosen by host name: no part of the path is an address. */
export function composeHostPath(targetPath: string, request: string, spelling: HostPathSpelling): string {
  const received = readPath(request);
  const path = join(targetPath, received.path);
  // Characters that only the escaped form may have, such as `(` and `!`, pass undisturbed in the decoded form.
  return escapedPath({ path, rawPath: spelling === 'decoded' ? path : received.rawPath });
}

/** The path to call at the target for a central gateway before `encodeUrl`: what is left of the decoded path. (§15) */
export function composeDecodedPath(targetPath: string, subPath: string): string {
  const path = subPath === '' ? targetPath || '/' : join(targetPath, subPath);
  return escapedPath({ path, rawPath: path });
}

/** The query to call with: the target's, then the client's, both verbatim, with the question mark. (§3.1) */
export function composeSearch(targetQuery: string, search: string): string {
  if (targetQuery === '') return search;
  return search.length > 1 ? `?${targetQuery}&${search.slice(1)}` : `?${targetQuery}`;
}
