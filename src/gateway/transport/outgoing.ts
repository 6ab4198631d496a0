import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../core/clock.ts';
import { messageOf } from '../../core/errors.ts';
import { escapedPath, type GoUrl, GoUrlError, hostnameOf, parseGoUrl, resolveReference } from '../../go/url.ts';
import { headerValues, type RawHeaders } from '../../http/raw-headers.ts';
import { hostHeader, originOf } from '../routing/target.ts';
import type { Dispatchers, TlsIdentity } from './dispatchers.ts';

/** A request of the gateway's own: for a token. */
export interface OutgoingRequest {
  readonly method: 'GET' | 'POST';
  readonly url: GoUrl;
  /** Names and values in turn, without `Host`, `Accept-Encoding` and `Content-Length`. */
  readonly headers: RawHeaders;
  readonly body?: string;
  readonly identity: TlsIdentity;
  /** Only the head of the answer is of interest, however its body ends. */
  readonly ignoresBody?: boolean;
}

export interface OutgoingAnswer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly body: Buffer;
}

/** There is no usable answer; the message is the reason. */
export class OutgoingError extends Error {
  /** Whether there was no answer at all, or one whose body cannot be read. */
  readonly stage: 'request' | 'body';
  /** The URL that was asked last, without what must not be shown. */
  readonly url: string | undefined;

  constructor(stage: 'request' | 'body', reason: string, url?: string) {
    super(reason);
    this.stage = stage;
    this.url = url;
  }
}

export type Ask = (request: OutgoingRequest) => Promise<OutgoingAnswer>;

export interface AskOptions {
  readonly dispatchers: Dispatchers;
  readonly clock: Clock;
  /** Milliseconds for everything, redirects and body included. (application-gateway §10) */
  readonly timeout: number;
}

const MAX_REDIRECTS = 10;
/** Deviation: upstream has no limit; no token is that long. */
const MAX_BODY = 1024 * 1024;
const TIMED_OUT = 'context deadline exceeded';

/** Asks as Go's client does: redirects are followed, gzip is asked for and unpacked. (application-gateway §5.3, §6) */
export function createAsk({ dispatchers, clock, timeout }: AskOptions): Ask {
  return async (request) => {
    const controller = new AbortController();
    const stopTimer = clock.after(timeout, () => controller.abort(new Error(TIMED_OUT)));
    try {
      return await follow(request, dispatchers, controller.signal);
    } finally {
      stopTimer();
    }
  };
}

async function follow(
  request: OutgoingRequest,
  dispatchers: Dispatchers,
  signal: AbortSignal,
): Promise<OutgoingAnswer> {
  let step = request;
  for (let redirects = 0; ; redirects++) {
    const answer = await send(step, dispatchers.for(step.identity), signal);
    const location = redirectOf(answer);
    if (location === undefined && !request.ignoresBody) return { ...answer, body: await readBody(answer, signal) };
    discard(answer.stream);
    if (location === undefined) return { ...answer, body: Buffer.alloc(0) };
    step = next(step, request, answer.status, location);
    if (redirects === MAX_REDIRECTS - 1) {
      throw new OutgoingError('request', `stopped after ${MAX_REDIRECTS} redirects`, showUrl(step.url));
    }
  }
}

/** Lets go of a body, which is not waited for: its connection ends with it. */
function discard(stream: Answer['stream']): void {
  stream.on('error', () => {});
  stream.destroy();
}

interface Answer {
  readonly status: number;
  readonly headers: RawHeaders;
  readonly stream: Dispatcher.ResponseData['body'];
}

async function send(request: OutgoingRequest, dispatcher: Dispatcher, signal: AbortSignal): Promise<Answer> {
  const { url, method, headers, body } = request;
  const origin = originOf(url);
  if (!origin) throw new OutgoingError('request', uncallable(url));
  try {
    const answer = await dispatcher.request({
      origin,
      path: `${escapedPath(url) || '/'}${url.query || url.bareQuestionMark ? `?${url.query}` : ''}`,
      method,
      headers: ['Host', hostHeader(url), ...headers, 'Accept-Encoding', 'gzip'],
      body: body ?? null,
      responseHeaders: 'raw',
      signal,
    });
    const raw = answer.headers as unknown as readonly (string | Buffer)[];
    return {
      status: answer.statusCode,
      headers: raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1'))),
      stream: answer.body,
    };
  } catch (error) {
    throw new OutgoingError('request', signal.aborted ? TIMED_OUT : messageOf(error));
  }
}

function uncallable({ scheme, host }: GoUrl): string {
  if (scheme !== 'http' && scheme !== 'https') return `unsupported protocol scheme "${scheme}"`;
  return host === '' ? 'http: no Host in request URL' : `invalid host or port in "${host}"`;
}

const unpack = promisify(gunzip);

async function readBody({ headers, stream }: Answer, signal: AbortSignal): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > MAX_BODY) throw new Error(`the answer is longer than ${MAX_BODY} bytes`);
      chunks.push(chunk);
    }
    const bytes = Buffer.concat(chunks);
    const packed = headerValues(headers, 'content-encoding')[0]?.toLowerCase() === 'gzip';
    return packed ? await unpack(bytes, { maxOutputLength: MAX_BODY }) : bytes;
  } catch (error) {
    const reason = signal.aborted ? TIMED_OUT : messageOf(error);
    throw new OutgoingError(
      'body',
      reason === 'terminated' || reason === 'other side closed' ? 'unexpected EOF' : reason,
    );
  }
}

const redirectOf = ({ status, headers }: Answer) =>
  [301, 302, 303, 307, 308].includes(status) ? headerValues(headers, 'location')[0] || undefined : undefined;

/** The request that a redirect asks for. */
function next(step: OutgoingRequest, first: OutgoingRequest, status: number, location: string): OutgoingRequest {
  let url: GoUrl;
  try {
    url = resolveReference(step.url, parseGoUrl(location));
  } catch (error) {
    if (!(error instanceof GoUrlError)) throw error;
    throw new OutgoingError('request', `failed to parse Location header ${JSON.stringify(location)}: ${error.message}`);
  }
  const keepsBody = status === 307 || status === 308;
  const keepsLogin = isBelow(hostnameOf(url.host), hostnameOf(first.url.host));
  const headers = step.headers.filter((_, at) => {
    const name = step.headers[at - (at % 2)]?.toLowerCase();
    return !(
      name === 'referer' ||
      (!keepsLogin && name === 'authorization') ||
      (!keepsBody && name === 'content-type')
    );
  });
  if (!(step.url.scheme === 'https' && url.scheme === 'http')) headers.push('Referer', showUrl(step.url));
  const { body, ...rest } = step;
  return keepsBody ? { ...step, url, headers } : { ...rest, method: 'GET', url, headers };
}

const isBelow = (name: string, domain: string) => name === domain || name.endsWith(`.${domain}`);

/** A URL as it may be shown: without user, password and fragment. */
function showUrl(url: GoUrl): string {
  const search = url.query || url.bareQuestionMark ? `?${url.query}` : '';
  return `${url.scheme}://${url.host}${escapedPath(url)}${search}`;
}
