import { DomainError } from '../../core/errors.ts';
import { parseGoUrl, toBinary } from '../../go/url.ts';
import type { HttpClient } from '../../http/client/client.ts';
import type { CallRules } from '../../http/client/request.ts';
import { verified } from '../../http/client/tls.ts';
import type { TokenEndpoint } from '../../kyma/token-endpoint.ts';
import type { IssuedToken, TokenContext } from './token-request.ts';

/**
 * Without a time-out: the instance asks itself, and a clock that is told to jump must not come between. Nothing stays open
 * from one request to the next.
 */
const rules: CallRules = { maxSize: 1024 * 1024, closesConnection: true };

/**
 * Asks the Connector Service over HTTP. Its status code is not looked at, as upstream does not: a refusal is an answer
 * without token. (connector-service §8)
 * @throws ClientError when there is no answer; DomainError `TOKEN_ANSWER_UNREADABLE` when it is not JSON
 */
export async function fetchToken(
  client: HttpClient,
  { url, headers }: TokenEndpoint,
  { tenant, group }: TokenContext,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const context = tenant && group ? { Tenant: tenant, Group: group } : {};
  const named = { 'Content-Type': 'application/json', ...headers, ...context };
  const { body } = await client.asking(rules)({
    method: 'POST',
    url: parseGoUrl(toBinary(url)),
    headers: Object.entries(named).flatMap(([name, value]) => [name, toBinary(value)]),
    identity: verified,
    signal,
  });
  const { url: infoUrl, token } = parse(body.toString('utf8'));
  return { url: textOf(infoUrl), token: textOf(token) };
}

function parse(answer: string): { readonly url?: unknown; readonly token?: unknown } {
  let body: unknown;
  try {
    body = JSON.parse(answer);
  } catch (cause) {
    // The answer itself may hold a token, so that it is not shown.
    throw new DomainError('TOKEN_ANSWER_UNREADABLE', 'the Connector Service did not answer in JSON', { cause });
  }
  return typeof body === 'object' && body !== null ? body : {};
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : '');
