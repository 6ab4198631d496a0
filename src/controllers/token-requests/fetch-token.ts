import { request as httpRequest } from 'node:http';
import { text } from 'node:stream/consumers';
import { DomainError } from '../../core/errors.ts';
import type { IssuedToken, TokenContext } from './token-request.ts';

/** The POST that yields a token of an application. */
export interface TokenCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/**
 * Asks the Connector Service over HTTP. Its status code is not looked at, as upstream does not: a refusal is an answer
 * without token. (connector-service §8)
 * @throws what the connection throws; DomainError `TOKEN_ANSWER_UNREADABLE` when the answer is not JSON
 */
export async function fetchToken(
  { url, headers }: TokenCall,
  { tenant, group }: TokenContext,
  signal: AbortSignal,
): Promise<IssuedToken> {
  const context = tenant && group ? { Tenant: tenant, Group: group } : {};
  const answer = await new Promise<string>((resolve, reject) => {
    const outgoing = httpRequest(url, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': '0', ...headers, ...context },
      // A connection of its own: nothing stays open between requests.
      agent: false,
      signal,
    });
    outgoing.once('response', (response) => text(response).then(resolve, reject));
    outgoing.once('error', reject);
    outgoing.end();
  });
  const body = parse(answer);
  return { url: textOf(body.url), token: textOf(body.token) };
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
