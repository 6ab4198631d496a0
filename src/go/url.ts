/**
 * URLs as the original gateway, written in Go, reads and writes them. The web's own `URL` would resolve dot segments,
 * lower-case host names and keep escapes, all of which a client or a target would notice. (application-gateway §3, §9)
 *
 * Texts here are binary strings: one character per byte, as Node delivers request targets and header values.
 */
export interface GoUrl {
  /** In lower case; empty for a reference without one. */
  readonly scheme: string;
  /** `mailto:x`: what follows the scheme of a URL without a leading slash. */
  readonly opaque: string;
  /** User and password as written; empty when there are none. */
  readonly user: string;
  /** Host name and port as written, escapes of non-ASCII bytes undone. */
  readonly host: string;
  /** Decoded. */
  readonly path: string;
  /** The path as written when escaping the decoded one would give something else, else empty. */
  readonly rawPath: string;
  /** Without the question mark. */
  readonly query: string;
  /** There is a question mark with nothing behind it. */
  readonly bareQuestionMark: boolean;
  /** Without the hash; as written. */
  readonly fragment: string;
}

/** A text that is no URL; the message is Go's own reason. */
export class GoUrlError extends Error {}

/** Turns text into a binary string of its UTF-8 bytes. */
export const toBinary = (text: string) => Buffer.from(text, 'utf8').toString('latin1');
/** The text whose UTF-8 bytes a binary string holds. */
export const fromBinary = (binary: string) => Buffer.from(binary, 'latin1').toString('utf8');

const plainPath = /^[A-Za-z0-9\-_.~$&+,/:;=@]*$/;
const validRawPath = /^[A-Za-z0-9\-_.~$&+,/:;=@!'()*[\]%]*$/;

/** Escapes a decoded path: all but `A-Za-z0-9 - _ . ~ $ & + , / : ; = @` becomes upper-case `%XX`. */
export function escapePath(path: string): string {
  if (plainPath.test(path)) return path;
  const bytes = Buffer.from(path, 'latin1');
  const escaped = Buffer.allocUnsafe(3 * bytes.length);
  let length = 0;
  for (const byte of bytes) {
    if (isPlain[byte]) {
      escaped[length++] = byte;
      continue;
    }
    escaped[length++] = PERCENT;
    escaped[length++] = HEX.charCodeAt(byte >> 4);
    escaped[length++] = HEX.charCodeAt(byte & 0x0f);
  }
  return escaped.toString('latin1', 0, length);
}

const PERCENT = 0x25;
const HEX = '0123456789ABCDEF';
const isPlain = Array.from({ length: 256 }, (_, byte) => plainPath.test(String.fromCharCode(byte)));

/**
 * Undoes `%XX`.
 * @throws GoUrlError
 */
export function unescapePath(path: string): string {
  const first = path.indexOf('%');
  if (first < 0) return path;
  const bytes = Buffer.from(path, 'latin1');
  let length = first;
  for (let at = first; at < bytes.length; at++) {
    const byte = bytes[at] as number;
    if (byte !== PERCENT) {
      bytes[length++] = byte;
      continue;
    }
    const value = digitOf(bytes[at + 1]) * 16 + digitOf(bytes[at + 2]);
    if (Number.isNaN(value)) throw new GoUrlError(`invalid URL escape ${quote(path.slice(at, at + 3))}`);
    bytes[length++] = value;
    at += 2;
  }
  return bytes.toString('latin1', 0, length);
}

/** The value of a hexadecimal digit; not a number for anything else. */
function digitOf(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x61 + 10 : Number.NaN;
}

/** The path as it goes on the wire: as written if that is a valid spelling of the decoded path, else escaped. */
export function escapedPath({ path, rawPath }: Pick<GoUrl, 'path' | 'rawPath'>): string {
  if (rawPath !== '' && validRawPath.test(rawPath) && decodesTo(rawPath, path)) return rawPath;
  return path === '*' ? path : escapePath(path);
}

function decodesTo(rawPath: string, path: string): boolean {
  try {
    return unescapePath(rawPath) === path;
  } catch {
    return false;
  }
}

/** @throws GoUrlError */
export function readPath(text: string): Pick<GoUrl, 'path' | 'rawPath'> {
  const path = unescapePath(text);
  return { path, rawPath: escapePath(path) === text ? '' : text };
}

/**
 * Reads a URL or a relative reference.
 * @throws GoUrlError
 */
export function parseGoUrl(text: string): GoUrl {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be refused.
  if (/[\x00-\x1f\x7f]/.test(text)) throw new GoUrlError('net/url: invalid control character in URL');
  const [beforeFragment, fragment = ''] = cut(text, '#');
  unescapePath(fragment);
  const none = {
    scheme: '',
    opaque: '',
    user: '',
    host: '',
    rawPath: '',
    query: '',
    bareQuestionMark: false,
    fragment,
  };
  if (beforeFragment === '*') return { ...none, path: '*' };

  const [scheme, afterScheme] = cutScheme(beforeFragment);
  const [location, query = ''] = cut(afterScheme, '?');
  const bareQuestionMark = query === '' && afterScheme.endsWith('?');
  const common = { ...none, scheme, query, bareQuestionMark };
  if (!location.startsWith('/')) {
    if (scheme !== '') return { ...common, opaque: location, path: '' };
    if (location.split('/', 1)[0]?.includes(':')) {
      throw new GoUrlError('first path segment in URL cannot contain colon');
    }
  }
  const hasAuthority = location.startsWith('//') && (scheme !== '' || !location.startsWith('///'));
  if (!hasAuthority) return { ...common, ...readPath(location) };
  const slash = location.indexOf('/', 2);
  const authority = slash < 0 ? location.slice(2) : location.slice(2, slash);
  return { ...common, ...readAuthority(authority), ...readPath(slash < 0 ? '' : location.slice(slash)) };
}

function cut(text: string, separator: string): [string, string?] {
  const at = text.indexOf(separator);
  return at < 0 ? [text] : [text.slice(0, at), text.slice(at + 1)];
}

function cutScheme(text: string): [scheme: string, rest: string] {
  if (text.startsWith(':')) throw new GoUrlError('missing protocol scheme');
  const match = /^([A-Za-z][A-Za-z0-9+\-.]*):/.exec(text);
  return match?.[1] === undefined ? ['', text] : [match[1].toLowerCase(), text.slice(match[0].length)];
}

function readAuthority(authority: string): Pick<GoUrl, 'user' | 'host'> {
  const at = authority.lastIndexOf('@');
  const user = at < 0 ? '' : authority.slice(0, at);
  if (!/^[A-Za-z0-9\-._:~!$&'()*+,;=%@]*$/.test(user)) throw new GoUrlError('net/url: invalid userinfo');
  unescapePath(user);

  const host = authority.slice(at + 1);
  const closing = host.lastIndexOf(']');
  if (host.includes('[') && closing < 0) throw new GoUrlError("missing ']' in host");
  const colon = host.indexOf(':', closing + 1);
  const port = closing >= 0 ? host.slice(closing + 1) : colon < 0 ? '' : host.slice(host.lastIndexOf(':'));
  if (!/^(:[0-9]*)?$/.test(port)) throw new GoUrlError(`invalid port ${quote(port)} after host`);
  const odd = /[^A-Za-z0-9\-._~!$&'()*+,;=:[\]<>"%\x80-\xff]/.exec(host);
  if (odd) throw new GoUrlError(`invalid character ${quote(odd[0])} in host name`);
  // Only bytes beyond ASCII may be escaped in a host name.
  const ascii = /%(?![89A-Fa-f])(?!25).{0,2}/.exec(host);
  if (ascii) throw new GoUrlError(`invalid URL escape ${quote(ascii[0])}`);
  return { user, host: unescapePath(host) };
}

const quote = (text: string) => JSON.stringify(fromBinary(text));

/** The host without its port and brackets. */
export function hostnameOf(host: string): string {
  const bracketed = /^\[([^\]]*)\]/.exec(host);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  return host.replace(/:[0-9]*$/, '');
}

/** Resolves a reference against an absolute URL. (RFC 3986 §5.2) */
export function resolveReference(base: GoUrl, reference: GoUrl): GoUrl {
  if (reference.scheme !== '' || reference.host !== '') {
    const path = reference.opaque ? '' : resolvePath(escapedPath(reference), '');
    return { ...reference, scheme: reference.scheme || base.scheme, ...readPath(path) };
  }
  const samePage = reference.path === '' && reference.query === '' && !reference.bareQuestionMark;
  return {
    ...base,
    ...readPath(resolvePath(escapedPath(base), escapedPath(reference))),
    query: samePage ? base.query : reference.query,
    bareQuestionMark: samePage ? base.bareQuestionMark : reference.bareQuestionMark,
    fragment: samePage && !reference.fragment ? base.fragment : reference.fragment,
  };
}

function resolvePath(base: string, reference: string): string {
  const full =
    reference === ''
      ? base
      : reference.startsWith('/')
        ? reference
        : base.slice(0, base.lastIndexOf('/') + 1) + reference;
  return full === '' ? '' : removeDotSegments(full);
}

/** Resolves `.` and `..`; never climbs above the root, and the result starts with `/`. */
export function removeDotSegments(path: string): string {
  const segments = path.replace(/^\//, '').split('/');
  const kept: string[] = [];
  for (const segment of segments) {
    if (segment === '..') kept.pop();
    else if (segment !== '.') kept.push(segment);
  }
  const last = segments.at(-1);
  if (last === '.' || last === '..') kept.push('');
  return `/${kept.join('/')}`;
}
