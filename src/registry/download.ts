import { gunzipSync } from 'node:zlib';
import { Agent, request } from 'undici';
import type { Clock } from '../core/clock.ts';
import { codeOf, messageOf } from '../core/errors.ts';

/** Why nothing was downloaded. */
export type DownloadFailure =
  /** The text is no URL. */
  | 'URL'
  /** No whole head of an answer came. */
  | 'CONNECTION'
  /** The answer broke off. */
  | 'BODY';

export class DownloadError extends Error {
  readonly failure: DownloadFailure;

  constructor(failure: DownloadFailure, message: string, options?: ErrorOptions) {
    super(message, options);
    this.failure = failure;
  }
}

export interface DownloadRequest {
  readonly url: string;
  readonly method?: 'GET' | 'POST';
  /** Names as they are to be spelled. */
  readonly headers?: Readonly<Record<string, string | string[]>>;
  readonly body?: string;
  /** Overrides the downloader's own rule for this one call. */
  readonly insecure?: boolean;
}

export interface Downloaded {
  readonly status: number;
  readonly statusText: string;
  readonly text: string;
}

export interface DownloaderOptions {
  readonly clock: Clock;
  /** Milliseconds for the whole call with its redirects. */
  readonly timeout: number;
  /** Bytes, after unpacking. */
  readonly maxSize: number;
  readonly insecure: boolean;
  /** PEM texts. */
  readonly trustedCertificates: readonly string[];
}

const MAX_REDIRECTS = 10;
const redirects = new Set([301, 302, 303, 307, 308]);

/** An HTTP client that behaves like Go's where a server can tell. (metadata-service §8.2, §17.9) */
export class Downloader {
  readonly #options: DownloaderOptions;
  readonly #agents: { readonly strict: Agent; readonly insecure: Agent };
  readonly #running = new Set<AbortController>();

  constructor(options: DownloaderOptions) {
    this.#options = options;
    const { trustedCertificates } = options;
    const ca = trustedCertificates.length > 0 ? [...trustedCertificates] : undefined;
    // Time is kept on our own clock.
    const timeouts = {
      headersTimeout: 0,
      bodyTimeout: 0,
      connectTimeout: 0,
      keepAliveTimeout: 1,
      allowH2: false,
    } as const;
    this.#agents = {
      strict: new Agent({ ...timeouts, connect: ca ? { ca } : {} }),
      insecure: new Agent({ ...timeouts, connect: { rejectUnauthorized: false } }),
    };
  }

  /** @throws DownloadError */
  async fetch(request: DownloadRequest): Promise<Downloaded> {
    const controller = new AbortController();
    this.#running.add(controller);
    const { clock, timeout } = this.#options;
    const cancel = clock.after(timeout, () => controller.abort(new Error('Client.Timeout exceeded')));
    try {
      return await this.#follow(request, controller.signal);
    } finally {
      cancel();
      this.#running.delete(controller);
    }
  }

  async #follow(first: DownloadRequest, signal: AbortSignal): Promise<Downloaded> {
    let current = first;
    let url = parseUrl(first.url);
    for (let hops = 0; ; hops++) {
      const answer = await this.#attempt(current, url, signal);
      const location = answer.headers.location;
      if (!redirects.has(answer.statusCode) || typeof location !== 'string') {
        return {
          status: answer.statusCode,
          statusText: answer.statusText,
          text: await this.#read(answer, signal),
        };
      }
      answer.body.on('error', () => {}).destroy();
      if (hops >= MAX_REDIRECTS - 1) throw new DownloadError('CONNECTION', `stopped after ${MAX_REDIRECTS} redirects`);
      const next = URL.parse(location, url.href);
      if (!next) throw new DownloadError('CONNECTION', `failed to parse Location header "${location}"`);
      current = redirected(current, answer.statusCode, url, next);
      url = next;
    }
  }

  /** A connection that is reset before anything came is tried once more. */
  async #attempt(wanted: DownloadRequest, url: URL, signal: AbortSignal) {
    try {
      return await this.#send(wanted, url, signal);
    } catch (error) {
      const code = codeOf(error);
      if (!signal.aborted && (code === 'ECONNRESET' || code === 'UND_ERR_SOCKET')) {
        return await this.#send(wanted, url, signal).catch((again: unknown) => {
          throw connectionError(again);
        });
      }
      throw connectionError(error);
    }
  }

  #send({ method = 'GET', headers = {}, body, insecure }: DownloadRequest, url: URL, signal: AbortSignal) {
    const dispatcher = (insecure ?? this.#options.insecure) ? this.#agents.insecure : this.#agents.strict;
    const { username, password } = url;
    const target = new URL(url);
    target.username = '';
    target.password = '';
    const given = Object.keys(headers).map((name) => name.toLowerCase());
    return request(target, {
      dispatcher,
      method,
      signal,
      body: body ?? null,
      headers: {
        ...(username && !given.includes('authorization') && { Authorization: basic(username, password) }),
        ...headers,
        ...(!given.includes('accept-encoding') && { 'Accept-Encoding': 'gzip' }),
      },
    });
  }

  async #read({ body, headers }: Awaited<ReturnType<typeof request>>, signal: AbortSignal): Promise<string> {
    const { maxSize } = this.#options;
    const chunks: Buffer[] = [];
    let size = 0;
    try {
      for await (const chunk of body) {
        size += (chunk as Buffer).length;
        if (size > maxSize) throw new DownloadError('CONNECTION', tooLarge(maxSize));
        chunks.push(chunk as Buffer);
      }
      const bytes = Buffer.concat(chunks);
      const isPacked = headers['content-encoding'] === 'gzip' && bytes.length > 0;
      return (isPacked ? gunzipSync(bytes, { maxOutputLength: maxSize }) : bytes).toString('utf8');
    } catch (error) {
      if (error instanceof DownloadError) throw error;
      if (codeOf(error) === 'ERR_BUFFER_TOO_LARGE') throw new DownloadError('CONNECTION', tooLarge(maxSize));
      const why = signal.aborted ? messageOf(signal.reason) : 'unexpected EOF';
      throw new DownloadError('BODY', why, { cause: error });
    }
  }

  async close(): Promise<void> {
    for (const controller of this.#running) controller.abort(new Error('the service is closing'));
    await Promise.all([this.#agents.strict.destroy(), this.#agents.insecure.destroy()]);
  }
}

const tooLarge = (maxSize: number) => `the answer is larger than ${maxSize} bytes`;
const connectionError = (error: unknown) =>
  error instanceof DownloadError ? error : new DownloadError('CONNECTION', messageOf(error), { cause: error });

export const basic = (user: string, password: string) =>
  `Basic ${Buffer.from(`${decodeURIComponent(user)}:${decodeURIComponent(password)}`).toString('base64')}`;

/** @throws DownloadError */
function parseUrl(text: string): URL {
  const scheme = /^([A-Za-z][A-Za-z0-9+.-]*):/.exec(text)?.[1]?.toLowerCase();
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must be refused.
  if (/[\x00-\x1f\x7f]|^:|%(?![0-9A-Fa-f]{2})/.test(text)) {
    throw new DownloadError('URL', `parse ${JSON.stringify(text)}: invalid URL`);
  }
  if (scheme !== 'http' && scheme !== 'https') {
    throw new DownloadError('CONNECTION', `unsupported protocol scheme "${scheme ?? ''}"`);
  }
  const url = URL.parse(text);
  if (!url) throw new DownloadError('URL', `parse ${JSON.stringify(text)}: invalid URL`);
  return url;
}

/** The next request of a chain: `Referer` added, credentials kept on the same host only. */
function redirected(request: DownloadRequest, status: number, from: URL, to: URL): DownloadRequest {
  const referer = new URL(from);
  referer.username = '';
  referer.password = '';
  referer.hash = '';
  const sameHost = to.hostname === from.hostname || to.hostname.endsWith(`.${from.hostname}`);
  const carried = Object.entries(request.headers ?? {}).filter(
    ([name]) => sameHost || !/^(authorization|cookie|www-authenticate)$/i.test(name),
  );
  const downgraded = from.protocol === 'https:' && to.protocol === 'http:';
  const keepsMethod = status === 307 || status === 308;
  const { method, body, ...rest } = request;
  return {
    ...rest,
    url: to.href,
    headers: { ...Object.fromEntries(carried), ...(!downgraded && { Referer: referer.href }) },
    ...(keepsMethod && method && { method }),
    ...(keepsMethod && body !== undefined && { body }),
  };
}
