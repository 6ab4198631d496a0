import type { Clock } from '../core/clock.ts';
import { basic, DownloadError, type Downloader } from './download.ts';
import type { Generation } from './generations.ts';
import type { ApiDefinition, OauthCredentials, Parameters, RequestParameters } from './model.ts';
import type { Problems } from './problems.ts';

export interface SpecSourceOptions {
  readonly downloader: Downloader;
  readonly generation: Generation;
  readonly problems: Problems;
  readonly clock: Clock;
}

interface CachedToken {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** Fetches specifications from the systems that publish them. (metadata-service §8.2) */
export class SpecSource {
  readonly #options: SpecSourceOptions;
  /** By client id alone, as in the original: neither the URL nor the secret is part of the key. */
  readonly #tokens = new Map<string, CachedToken>();

  constructor(options: SpecSourceOptions) {
    this.#options = options;
  }

  /** @throws KymaError `FETCH_FAILED`, `FETCH_UNAUTHORIZED`, `FETCH_BROKEN`, `SPEC_URL` */
  async fetch(url: string, api: ApiDefinition): Promise<string> {
    const { downloader, generation, problems } = this.#options;
    const { oauth, basic: user } = api.specificationCredentials ?? {};
    const parameters = api.specificationRequestParameters;
    const authorization = oauth
      ? `Bearer ${await this.#token(oauth, url)}`
      : user && basicOf(user.username, user.password);
    const headers = {
      ...(authorization && { Authorization: authorization }),
      ...(parameters ? extraHeaders(parameters, authorization !== undefined) : { 'User-Agent': 'Go-http-client/1.1' }),
    };
    try {
      const { status, statusText, text } = await downloader.fetch({ url: withQuery(url, parameters), headers });
      if (status === 200) return text;
      throw problems.of('FETCH_FAILED', { url, detail: ` with status ${`${status} ${statusText}`.trim()}` });
    } catch (error) {
      if (!(error instanceof DownloadError)) throw error;
      if (error.failure === 'URL') throw problems.of('SPEC_URL', { url, detail: error.message }, { cause: error });
      if (error.failure === 'BODY') throw problems.of('FETCH_BROKEN', { url, detail: error.message }, { cause: error });
      const shown = generation.quotesUrl ? JSON.stringify(url) : url;
      throw problems.of('FETCH_FAILED', { url, detail: `, Get ${shown}: ${error.message}` }, { cause: error });
    }
  }

  async #token(oauth: OauthCredentials, specUrl: string): Promise<string> {
    const { problems, clock } = this.#options;
    const cached = this.#tokens.get(oauth.clientId ?? '');
    if (cached && cached.expiresAt > clock.now()) return cached.token;
    try {
      const answer = await this.#requestToken(oauth);
      const seconds = answer.expires_in ?? 0;
      const expiresAt = seconds > 2 ? clock.now() + (seconds - 2) * 1000 : Number.POSITIVE_INFINITY;
      const token = answer.access_token ?? '';
      this.#tokens.set(oauth.clientId ?? '', { token, expiresAt });
      return token;
    } catch (error) {
      if (!(error instanceof TokenError)) throw error;
      throw problems.of('FETCH_UNAUTHORIZED', { url: specUrl, detail: error.message }, { cause: error });
    }
  }

  async #requestToken({ url = '', clientId = '', clientSecret = '' }: OauthCredentials): Promise<TokenAnswer> {
    const form = { client_id: clientId, client_secret: clientSecret, grant_type: 'client_credentials' };
    const { status, text } = await this.#options.downloader
      .fetch({
        url,
        method: 'POST',
        headers: {
          Authorization: basicOf(clientId, clientSecret),
          'Content-Type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams(form).toString(),
        insecure: true,
      })
      .catch((cause: unknown) => {
        if (!(cause instanceof DownloadError)) throw cause;
        const detail = `failed to make a request to '${url}': Post ${JSON.stringify(url)}: ${cause.message}`;
        throw new TokenError(detail, { cause });
      });
    if (status !== 200) throw new TokenError(`incorrect response code '${status}' while getting token from ${url}`);
    return readTokenAnswer(text);
  }
}

interface TokenAnswer {
  readonly access_token?: string;
  readonly expires_in?: number;
}

class TokenError extends Error {}

function readTokenAnswer(text: string): TokenAnswer {
  const refuse = (why: string) => new TokenError(`failed to unmarshal token response body: ${why}`);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The engine's own message would quote the body, which may hold a token.
    throw refuse('the answer is not JSON');
  }
  if (value === null) return {};
  if (typeof value !== 'object' || Array.isArray(value)) throw refuse('the answer is not a JSON object');
  const { access_token, expires_in } = value as Record<string, unknown>;
  if (access_token !== undefined && typeof access_token !== 'string') throw refuse('access_token is not a string');
  if (expires_in !== undefined && !Number.isInteger(expires_in)) throw refuse('expires_in is not an integer');
  return value as TokenAnswer;
}

const basicOf = (user = '', password = '') => basic(encodeURIComponent(user), encodeURIComponent(password));

/** Configured headers, as spelled; a `User-Agent` among them is not sent, and none replaces the credentials. */
function extraHeaders({ headers }: RequestParameters, hasCredentials: boolean): Record<string, string[]> {
  const wanted = Object.entries(headers ?? {}).filter(
    ([name]) => !/^user-agent$/i.test(name) && !(hasCredentials && /^authorization$/i.test(name)),
  );
  return Object.fromEntries(wanted.map(([name, values]) => [name, [...(values ?? [])]]));
}

/** Adds query parameters that are not there yet; then, and only then, all are in the order of their names. */
function withQuery(url: string, parameters: RequestParameters | undefined): string {
  const added: Parameters = parameters?.queryParameters ?? {};
  if (Object.keys(added).length === 0) return url;
  const parsed = URL.parse(url);
  if (!parsed) return url;
  for (const [name, values] of Object.entries(added)) {
    if (parsed.searchParams.has(name)) continue;
    for (const value of values ?? []) parsed.searchParams.append(name, value);
  }
  parsed.searchParams.sort();
  return parsed.href;
}
