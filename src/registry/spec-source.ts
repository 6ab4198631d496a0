import type { Clock } from '../core/clock.ts';
import { ExpiringMap } from '../core/expiring-map.ts';
import { addMissing } from '../go/query.ts';
import { type GoUrl, GoUrlError, parseGoUrl, toBinary } from '../go/url.ts';
import type { NoteCall } from '../http/annotations.ts';
import type { HttpClient } from '../http/client/client.ts';
import { noting } from '../http/client/noting.ts';
import { type Ask, type ClientAnswer, ClientError } from '../http/client/request.ts';
import { unverified, verified } from '../http/client/tls.ts';
import { basicAuthorization, type RawHeaders } from '../http/raw-headers.ts';
import { fetchAccessToken, TokenError, usableUntil } from '../kyma/oauth-token.ts';
import type { Generation } from './generations.ts';
import type { ApiDefinition, OauthCredentials, RequestParameters } from './model.ts';
import type { Problems } from './problems.ts';
import { defaults, type RegistrySettings } from './settings.ts';

export interface SpecSourceOptions {
  readonly client: HttpClient;
  readonly generation: Generation;
  readonly problems: Problems;
  readonly clock: Clock;
  readonly settings: RegistrySettings;
}

/** Access tokens that are kept; beyond, the one that was used longest ago is fetched again. */
const TOKENS = 1_000;
const newTokens = (clock: Clock) => new ExpiringMap<string>(clock, TOKENS);

/** Fetches specifications from the systems that publish them. (metadata-service §8.2) */
export class SpecSource {
  readonly #options: SpecSourceOptions;
  readonly #ask: Ask;
  /** By client id alone, as in the original: neither the URL nor the secret is part of the key. */
  #tokens: ExpiringMap<string>;

  constructor(options: SpecSourceOptions) {
    const { client, generation, settings, clock } = options;
    this.#options = options;
    this.#ask = client.asking({
      timeout: {
        milliseconds: settings.specRequestTimeout ?? generation.specRequestTimeout,
        text: 'Client.Timeout exceeded',
      },
      maxSize: settings.maxSpecificationSize ?? defaults.maxSpecificationSize,
      retriesReset: true,
      logsInByUrl: true,
    });
    this.#tokens = newTokens(clock);
  }

  /**
   * @param note told of the calls
   * @throws KymaError `FETCH_FAILED`, `FETCH_UNAUTHORIZED`, `FETCH_BROKEN`, `SPEC_URL`
   */
  async fetch(url: string, api: ApiDefinition, note?: NoteCall): Promise<string> {
    const { problems, generation, settings } = this.#options;
    const { oauth, basic } = api.specificationCredentials ?? {};
    const parameters = api.specificationRequestParameters;
    const authorization = oauth
      ? `Bearer ${toBinary(await this.#token(oauth, url, note))}`.trimEnd()
      : basic && basicAuthorization(toBinary(basic.username ?? ''), toBinary(basic.password ?? ''));
    const skipVerify = generation.insecureDownload && (settings.insecureSpecDownload ?? false);
    let answer: ClientAnswer;
    try {
      answer = await noting(
        this.#ask,
        'specification',
        note,
      )({
        method: 'GET',
        url: withQuery(parseGoUrl(toBinary(url)), parameters),
        headers: [
          ...(authorization === undefined ? [] : ['Authorization', authorization]),
          ...(parameters ? extraHeaders(parameters, authorization !== undefined) : USER_AGENT),
        ],
        identity: skipVerify ? unverified : verified,
      });
    } catch (error) {
      if (error instanceof GoUrlError) {
        const detail = `parse ${JSON.stringify(url)}: ${error.message}`;
        throw problems.of('SPEC_URL', { url, detail }, { cause: error });
      }
      if (!(error instanceof ClientError)) throw error;
      if (error.stage === 'body') throw problems.of('FETCH_BROKEN', { url, detail: error.message }, { cause: error });
      const shown = generation.quotesUrl ? JSON.stringify(url) : url;
      throw problems.of('FETCH_FAILED', { url, detail: `, Get ${shown}: ${error.message}` }, { cause: error });
    }
    const { status, statusText, body } = answer;
    if (status === 200) return body.toString('utf8');
    throw problems.of('FETCH_FAILED', { url, detail: ` with status ${`${status} ${statusText}`.trim()}` });
  }

  /** Forgets all access tokens. */
  clear(): void {
    this.#tokens = newTokens(this.#options.clock);
  }

  async #token(oauth: OauthCredentials, specUrl: string, note: NoteCall | undefined): Promise<string> {
    const { problems, clock } = this.#options;
    const { url = '', clientId = '', clientSecret = '' } = oauth;
    // Those of the beginning: after `clear` nobody looks into them any more.
    const tokens = this.#tokens;
    const kept = tokens.get(clientId);
    if (kept !== undefined) return kept;
    try {
      const [id, secret] = [toBinary(clientId), toBinary(clientSecret)];
      const { token, expiresIn } = await fetchAccessToken(noting(this.#ask, 'login', note), {
        url: parseGoUrl(toBinary(url)),
        shownUrl: url,
        headers: ['Authorization', basicAuthorization(id, secret), 'Content-Type', 'application/x-www-form-urlencoded'],
        clientId: id,
        clientSecret: secret,
        identity: unverified,
      });
      tokens.set(clientId, token, usableUntil(clock.now(), expiresIn));
      return token;
    } catch (error) {
      if (error instanceof TokenError) {
        throw problems.of('FETCH_UNAUTHORIZED', { url: specUrl, detail: error.message }, { cause: error });
      }
      if (!(error instanceof GoUrlError)) throw error;
      const shown = JSON.stringify(url);
      const detail = `failed to make a request to '${url}': Post ${shown}: parse ${shown}: ${error.message}`;
      throw problems.of('FETCH_UNAUTHORIZED', { url: specUrl, detail }, { cause: error });
    }
  }
}

const USER_AGENT: RawHeaders = ['User-Agent', 'Go-http-client/1.1'];

/** Configured headers, as spelled; a `User-Agent` among them is not sent, and none replaces the credentials. */
const extraHeaders = ({ headers }: RequestParameters, hasCredentials: boolean): RawHeaders =>
  Object.entries(headers ?? {})
    .filter(([name]) => !/^user-agent$/i.test(name) && !(hasCredentials && /^authorization$/i.test(name)))
    .flatMap(([name, values]) => (values ?? []).flatMap((value) => [toBinary(name), toBinary(value)]));

/** Adds query parameters that are not there yet; then, and only then, all are in the order of their names. */
function withQuery(url: GoUrl, parameters: RequestParameters | undefined): GoUrl {
  const added = Object.entries(parameters?.queryParameters ?? {});
  if (added.length === 0) return url;
  const binary = added.map(([name, values]) => [toBinary(name), (values ?? []).map(toBinary)] as const);
  return { ...url, query: addMissing(url.query, binary) };
}
