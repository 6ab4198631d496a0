import type { Dispatcher } from 'undici';
import type { Clock } from '../../core/clock.ts';
import { codeOf, messageOf } from '../../core/errors.ts';
import { fromBinary, unescapePath } from '../../go/url.ts';
import { basicAuthorization, headerValues, type RawHeaders } from '../raw-headers.ts';
import { hostHeader, originOf, requestTarget, shownUrl, uncallable } from './address.ts';
import { type BodyStream, discard, readBody } from './body.ts';
import type { DestinationOptions } from './destination.ts';
import { createDispatchers, type Dispatchers } from './dispatchers.ts';
import { MAX_REDIRECTS, redirected, redirectOf } from './redirect.ts';
import { type Ask, type CallRules, type ClientAnswer, ClientError, type ClientRequest } from './request.ts';

/**
 * The one client for HTTP calls of our own. It asks as Go's client does: redirects are followed, gzip is asked for and
 * unpacked. (application-gateway §5.3, §6; metadata-service §8.2, §17.9)
 */
export interface HttpClient {
  /** Its connections, for those who pass on what they get as it comes. */
  readonly dispatchers: Dispatchers;
  /** The client as one caller uses it. */
  asking(rules: CallRules): Ask;
  /** Gives up all calls and ends all connections; calls after it fail. Calling it twice is harmless. */
  close(): Promise<void>;
}

export interface HttpClientOptions extends DestinationOptions {
  readonly clock: Clock;
  /** PEM certificates of authorities to trust besides the public ones. */
  readonly trustedCertificates: readonly string[];
}

/** Opens nothing until the first call. */
export function createHttpClient({ clock, trustedCertificates, ...destination }: HttpClientOptions): HttpClient {
  const dispatchers = createDispatchers(trustedCertificates, destination);
  const running = new Set<AbortController>();

  async function ask(request: ClientRequest, rules: CallRules): Promise<ClientAnswer> {
    const controller = new AbortController();
    running.add(controller);
    const stopTimer = startTimer(rules, (reason) => controller.abort(reason));
    const signal = request.signal ? AbortSignal.any([controller.signal, request.signal]) : controller.signal;
    try {
      return await follow(request, { rules, dispatchers, signal });
    } finally {
      stopTimer();
      running.delete(controller);
    }
  }

  function startTimer({ timeout }: CallRules, abort: (reason: Error) => void): () => void {
    return timeout ? clock.after(timeout.milliseconds, () => abort(new Error(timeout.text))) : () => {};
  }

  return {
    dispatchers,
    asking: (rules) => (request) => ask(request, rules),
    async close() {
      for (const controller of running) controller.abort(new Error('the client is closing'));
      await dispatchers.close();
    },
  };
}

interface Call {
  readonly rules: CallRules;
  readonly dispatchers: Dispatchers;
  readonly signal: AbortSignal;
}

async function follow(request: ClientRequest, call: Call): Promise<ClientAnswer> {
  let step = request;
  for (let redirects = 1; ; redirects++) {
    const { stream, ...head } = await send(step, call);
    const location = redirectOf(head.status, head.headers);
    if (location === undefined && !request.ignoresBody) {
      const { maxSize } = call.rules;
      return { ...head, body: await readBody(stream, head.headers, { maxSize, signal: call.signal }) };
    }
    discard(stream);
    if (location === undefined) return { ...head, body: Buffer.alloc(0) };
    step = redirected(step, request.url, head.status, location);
    if (redirects === MAX_REDIRECTS) {
      throw new ClientError('request', `stopped after ${MAX_REDIRECTS} redirects`, {
        url: fromBinary(shownUrl(step.url)),
      });
    }
  }
}

type Head = Omit<ClientAnswer, 'body'> & { readonly stream: BodyStream };

async function send(request: ClientRequest, { rules, dispatchers, signal }: Call): Promise<Head> {
  const { url, method, body, identity } = request;
  const origin = originOf(url);
  if (!origin) throw new ClientError('request', uncallable(url));
  const dispatcher = dispatchers.for(identity);
  const attempt = () =>
    dispatcher.request({
      origin,
      path: requestTarget(url),
      method,
      headers: headersOf(request, rules),
      body: body ?? null,
      reset: rules.closesConnection ?? false,
      responseHeaders: 'raw',
      signal,
    });
  try {
    const answer = await attempt().catch((error: unknown) => {
      if (!rules.retriesReset || signal.aborted || !isReset(error)) throw error;
      return attempt();
    });
    return { status: answer.statusCode, statusText: answer.statusText, headers: rawOf(answer), stream: answer.body };
  } catch (error) {
    throw new ClientError('request', messageOf(signal.aborted ? signal.reason : error), { cause: error });
  }
}

const isReset = (error: unknown) => ['ECONNRESET', 'UND_ERR_SOCKET'].includes(codeOf(error) ?? '');

/** Names of which Go's client has its own opinion, whatever it is told. */
const ownHeaders = ['host', 'content-length', 'transfer-encoding', 'trailer'];

function headersOf({ url, headers }: ClientRequest, { logsInByUrl }: CallRules): RawHeaders {
  const given = headers.filter((_, at) => !ownHeaders.includes(headers[at - (at % 2)]?.toLowerCase() ?? ''));
  const login = logsInByUrl && url.user !== '' && headerValues(given, 'authorization').length === 0;
  return [
    'Host',
    hostHeader(url),
    ...(login ? ['Authorization', loginOf(url.user)] : []),
    ...given,
    ...(headerValues(given, 'accept-encoding').length === 0 ? ['Accept-Encoding', 'gzip'] : []),
  ];
}

function loginOf(user: string): string {
  const [, name = '', password = ''] = /^([^:]*):?(.*)$/s.exec(user) ?? [];
  return basicAuthorization(unescapePath(name), unescapePath(password));
}

/** `responseHeaders: 'raw'` gives names and values in turn, which undici's types do not say. */
function rawOf(answer: Dispatcher.ResponseData): RawHeaders {
  const raw = answer.headers as unknown as readonly (string | Buffer)[];
  return raw.map((item) => (typeof item === 'string' ? item : item.toString('latin1')));
}
