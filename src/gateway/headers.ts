import type { Manners } from './manners.ts';

/** Header names and values in turn, as Node's `rawHeaders`. */
export type RawHeaders = string[];

/** Headers that concern one connection only. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

export interface RequestFacts {
  readonly method: string;
  /** What the target gets as `Host`. */
  readonly host: string;
  /** The caller's address, as the socket gives it. */
  readonly clientAddress: string | undefined;
  readonly manners: Manners;
  /** The answer will not be unpacked, whatever it is. */
  readonly keepsEncoding?: boolean;
}

export interface RequestHeaders {
  readonly headers: RawHeaders;
  /** `gzip` was asked for on the client's behalf: a gzip answer is to be unpacked. */
  readonly unpack: boolean;
}

/** The headers that the target gets. (application-gateway §8, §5.6, §23.5, §23.9) */
export function requestHeaders(raw: readonly string[], facts: RequestFacts): RequestHeaders {
  const { manners } = facts;
  const dropped = connectionTokens(raw);
  const headers: RawHeaders = ['Host', facts.host];
  const forwardedFor: string[] = [];
  let accessToken: string | undefined;
  let acceptEncoding = '';
  let hasRange = false;
  let chunked = false;
  let trailer: string | undefined;
  let te = false;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string;
    const value = raw[at + 1] as string;
    const key = name.toLowerCase();
    if (dropped?.has(key) && key !== 'content-length') continue;
    switch (key) {
      case 'host':
      // Answered by the server already; undici cannot send it.
      case 'expect':
        continue;
      case 'te':
        te ||= hasToken(value, 'trailers');
        continue;
      case 'transfer-encoding':
        chunked = true;
        continue;
      case 'trailer':
        trailer ??= value;
        continue;
      case 'x-forwarded-for':
        forwardedFor.push(value);
        continue;
      case 'accept-encoding':
        acceptEncoding ||= value;
        break;
      case 'range':
        hasRange = true;
        break;
      case 'user-agent':
        if (value === '') continue;
        break;
      case 'access-token':
        accessToken ??= value;
        continue;
    }
    if (hopByHop.has(key) || manners.droppedHeaders.includes(key)) continue;
    headers.push(canonicalName(name), value);
  }
  if (te) headers.push('Te', 'trailers');
  if (chunked && trailer !== undefined) headers.push('Trailer', trailer);

  const client = plainAddress(facts.clientAddress);
  const hops = manners.forwardedFor === 'append' ? [...forwardedFor, client] : [client];
  headers.push('X-Forwarded-For', hops.filter(Boolean).join(', '));

  const unpack = acceptEncoding === '' && !hasRange && facts.method !== 'HEAD' && !facts.keepsEncoding;
  if (unpack) setHeader(headers, 'Accept-Encoding', 'gzip');
  if (accessToken) setHeader(headers, 'Authorization', accessToken);
  else if (accessToken === '') headers.push('Access-Token', '');
  return { headers, unpack };
}

/** Names that `Connection` headers mark as concerning the connection only; undefined without any. */
function connectionTokens(raw: readonly string[]): Set<string> | undefined {
  let tokens: Set<string> | undefined;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string;
    if (name.length !== 10 || name.toLowerCase() !== 'connection') continue;
    const value = raw[at + 1] as string;
    // By far the most frequent values name no header that would otherwise pass.
    if (value === 'keep-alive' || value === 'close') continue;
    tokens ??= new Set();
    for (const token of value.split(',')) tokens.add(token.trim().toLowerCase());
  }
  return tokens;
}

const hasToken = (value: string, token: string) =>
  value.split(',').some((part) => part.split(';', 1)[0]?.trim().toLowerCase() === token);

/** Sets the only header of a name. */
function setHeader(headers: RawHeaders, name: string, value: string): void {
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (headers[at] === name) headers.splice(at, 2);
  }
  headers.push(name, value);
}

/** An IPv4 caller of a dual-stack listener is written as IPv4. */
const plainAddress = (address = '') => (address.startsWith('::ffff:') ? address.slice(7) : address);

/** `x-lower` becomes `X-Lower`, the spelling of Go's servers and clients. */
export function canonicalName(name: string): string {
  let start = true;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    const isLower = code >= 0x61 && code <= 0x7a;
    const isUpper = code >= 0x41 && code <= 0x5a;
    if (start ? isLower : isUpper) return recased(name);
    start = code === 0x2d;
  }
  return name;
}

const recased = (name: string) =>
  name
    .toLowerCase()
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('-');

export interface ResponseFacts {
  readonly status: number;
  readonly method: string;
  /** The client understands a chunked answer, so that trailers can be announced. */
  readonly clientTakesTrailers: boolean;
  /** See `RequestHeaders`. */
  readonly unpack: boolean;
  readonly manners: Manners;
  /** The new `Location`, or undefined to leave it. */
  rewriteLocation(location: string): string | undefined;
}

export interface ResponseHeaders {
  readonly status: number;
  readonly headers: RawHeaders;
  /** The body is gzip that the client has not asked for. */
  readonly gunzip: boolean;
  /** Neither `Content-Type` nor `Content-Encoding`: the type is to be guessed from the first bytes. */
  readonly untyped: boolean;
}

/** The answer's head as the client gets it. (application-gateway §9, §23.10) */
export function responseHeaders(raw: readonly string[], facts: ResponseFacts): ResponseHeaders {
  const { status, manners } = facts;
  const hasBody = facts.method !== 'HEAD' && status !== 204 && status !== 304;
  const movable = manners.rewritesLocation && (status === 201 || (status >= 300 && status <= 399));
  const dropped = connectionTokens(raw);
  const headers: RawHeaders = [];
  const found = { type: false, encoding: '', length: '', trailer: '', moved: false };
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string;
    let value = raw[at + 1] as string;
    const key = name.toLowerCase();
    if (key === 'trailer') found.trailer = value;
    if (hopByHop.has(key) || (dropped?.has(key) && key !== 'content-length')) continue;
    switch (key) {
      case 'content-type':
        found.type = true;
        if (status === 304) continue;
        break;
      case 'content-encoding':
        found.encoding ||= value;
        break;
      case 'content-length':
        found.length = value;
        if (status === 204 || status === 304) continue;
        break;
      case 'location': {
        if (found.moved) continue;
        const moved = movable ? facts.rewriteLocation(value) : undefined;
        found.moved = moved !== undefined;
        value = moved ?? value;
      }
    }
    headers.push(canonicalName(name), value);
  }
  const gunzip = facts.unpack && hasBody && found.length !== '0' && found.encoding.toLowerCase() === 'gzip';
  if (gunzip) {
    removeHeader(headers, 'Content-Encoding');
    removeHeader(headers, 'Content-Length');
  }
  const chunked = hasBody && (gunzip || found.length === '');
  if (found.trailer && chunked && facts.clientTakesTrailers) headers.push('Trailer', found.trailer);

  const untyped = hasBody && !found.type && (gunzip || found.encoding === '') && found.length !== '0';
  if (!manners.translatesServerErrors || status < 500 || status > 599) return { status, headers, gunzip, untyped };
  removeHeader(headers, 'Target-System-Status');
  headers.push('Target-System-Status', String(status));
  return { status: 502, headers, gunzip, untyped };
}

function removeHeader(headers: RawHeaders, name: string): void {
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (headers[at] === name) headers.splice(at, 2);
  }
}
