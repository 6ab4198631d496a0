import { STATUS_CODES } from 'node:http';
import { mergeCookies } from '../../go/cookies.ts';
import { canonicalName } from '../../go/header-name.ts';
import type { RawHeaders } from '../../http/raw-headers.ts';
import type { CsrfToken } from '../login/csrf.ts';
import type { AddedHeader } from '../login/parameters.ts';
import type { Behaviour } from '../releases/behaviour.ts';

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
  readonly behaviour: Behaviour;
  /** The request is the gateway's own, with what the client's had. (application-gateway §16.2) */
  readonly asClient?: boolean;
  /** Replaces the client's `Authorization` and what its `Access-Token` would make of it. */
  readonly authorization?: string | undefined;
  /** The CSRF tokens of all attempts so far, oldest first. (application-gateway §6) */
  readonly csrf?: readonly CsrfToken[] | undefined;
  /** Headers that are set unless the request has them. (application-gateway §7) */
  readonly added?: readonly AddedHeader[] | undefined;
}

export interface RequestHeaders {
  readonly headers: RawHeaders;
  /** `gzip` was asked for on the client's behalf: a gzip answer is to be unpacked. */
  readonly unpack: boolean;
}

/** Headers that the connection or the gateway itself sets, whatever a Secret says. */
const notAdded: ReadonlySet<string> = new Set([...hopByHop, 'host', 'content-length', 'user-agent', 'expect']);

/**
 * The headers that the target gets. What a client's `Connection` names is dropped from what the client sent, never from
 * what the gateway adds. (application-gateway §8, §5.6, §6, §7, §23.5, §23.9)
 */
export function requestHeaders(raw: readonly string[], facts: RequestFacts): RequestHeaders {
  const { behaviour, added = [], asClient = false } = facts;
  const configured = connectionTokensOf(added);
  const dropped = asClient ? configured : connectionTokens(raw, configured);
  const headers: RawHeaders = ['Host', facts.host];
  const forwardedFor: string[] = [];
  let accessToken: string | undefined;
  let acceptEncoding = '';
  let hasRange = false;
  let chunked = false;
  let trailer: string | undefined;
  let te = false;
  let hasAgent = false;
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
        // Of several the first counts.
        if (hasAgent || value === '') continue;
        hasAgent = true;
        break;
      case 'access-token':
        accessToken ??= value;
        if (accessToken === '') break;
        continue;
    }
    if (hopByHop.has(key) || behaviour.droppedHeaders.includes(key)) continue;
    headers.push(canonicalName(name), value);
  }
  if (te) headers.push('Te', 'trailers');
  if (chunked && trailer !== undefined) headers.push('Trailer', trailer);

  if (asClient) {
    if (!hasAgent && added.length === 0) headers.push('User-Agent', 'Go-http-client/1.1');
  } else {
    const client = plainAddress(facts.clientAddress);
    const hops = behaviour.forwardedFor === 'append' ? [...forwardedFor, client] : [client];
    headers.push('X-Forwarded-For', hops.filter(Boolean).join(', '));
  }

  const authorization = facts.authorization ?? (accessToken || undefined);
  if (authorization !== undefined) setHeader(headers, 'Authorization', authorization);
  if (facts.csrf && facts.csrf.length > 0) setCsrf(headers, facts.csrf, behaviour);
  if (added.length > 0 && addHeaders(headers, added, behaviour)) acceptEncoding ||= 'as configured';

  const unpack = acceptEncoding === '' && !hasRange && facts.method !== 'HEAD';
  if (unpack) setHeader(headers, 'Accept-Encoding', 'gzip');
  return { headers, unpack };
}

function setCsrf(headers: RawHeaders, csrf: readonly CsrfToken[], behaviour: Behaviour): void {
  setHeader(headers, 'X-Csrf-Token', csrf.at(-1)?.token ?? '');
  const fetched = csrf.map(({ cookies }) => cookies).filter((cookies) => cookies.length > 0);
  if (fetched.length === 0) return;
  if (behaviour.csrf === 'cookies-appended') {
    for (const cookie of fetched.flat()) headers.push('Cookie', mergeCookies([[cookie]], []));
    return;
  }
  const client = headers.filter((_, at) => at % 2 === 1 && headers[at - 1] === 'Cookie');
  setHeader(headers, 'Cookie', mergeCookies(fetched, client));
}

/** @returns whether an `Accept-Encoding` was among them */
function addHeaders(headers: RawHeaders, added: readonly AddedHeader[], behaviour: Behaviour): boolean {
  const dropped = connectionTokensOf(added);
  const spelling = (name: string) => (behaviour.addedHeaders === 'as-written' ? name : name.toLowerCase());
  const present = new Set(headers.filter((_, at) => at % 2 === 0).map(spelling));
  let encoding = false;
  for (const { name, values } of added) {
    const key = name.toLowerCase();
    if (present.has(spelling(name)) || notAdded.has(key) || dropped?.has(key)) continue;
    for (const value of values) headers.push(name, value);
    encoding ||= key === 'accept-encoding' && values.length > 0;
  }
  return encoding;
}

/** Names that `Connection` headers mark as concerning the connection only; undefined without any. */
function connectionTokens(raw: readonly string[], configured?: ReadonlySet<string>): Set<string> | undefined {
  let tokens = configured && new Set(configured);
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

/** The same for a configured `Connection`, which is obeyed too. (application-gateway §23.9) */
function connectionTokensOf(added: readonly AddedHeader[]): Set<string> | undefined {
  const values = added.find(({ name }) => name.toLowerCase() === 'connection')?.values;
  return values && new Set(values.flatMap((value) => value.split(',').map((token) => token.trim().toLowerCase())));
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

export interface ResponseFacts {
  readonly status: number;
  readonly method: string;
  /** The client understands a chunked answer, so that trailers can be announced. */
  readonly clientTakesTrailers: boolean;
  /** See `RequestHeaders`. */
  readonly unpack: boolean;
  readonly behaviour: Behaviour;
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
  const { status, behaviour } = facts;
  const hasBody = facts.method !== 'HEAD' && status !== 204 && status !== 304;
  const movable = behaviour.rewritesLocation && (status === 201 || (status >= 300 && status <= 399));
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
  if (!behaviour.translatesServerErrors || status < 500 || status > 599) return { status, headers, gunzip, untyped };
  removeHeader(headers, 'Target-System-Status');
  headers.push('Target-System-Status', String(status));
  return { status: 502, headers, gunzip, untyped };
}

/** What a target says before its answer, as the client gets it. (application-gateway §9) */
export function interimHead(status: number, raw: readonly string[]): string {
  const dropped = connectionTokens(raw);
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (let at = 0; at + 1 < raw.length; at += 2) {
    const name = raw[at] as string;
    const key = name.toLowerCase();
    if (hopByHop.has(key) || key === 'content-length' || dropped?.has(key)) continue;
    head += `${canonicalName(name)}: ${raw[at + 1]}\r\n`;
  }
  return `${head}\r\n`;
}

function removeHeader(headers: RawHeaders, name: string): void {
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (headers[at] === name) headers.splice(at, 2);
  }
}
