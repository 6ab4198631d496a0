import { type IncomingMessage, request as plainRequest } from 'node:http';
import type { Agent } from 'node:https';
import { text } from 'node:stream/consumers';
import { codeOf, messageOf, userError } from '../core/errors.ts';
import { shownUrl } from './shown-url.ts';

/** What is asked, besides where. */
export interface ExchangeOptions {
  readonly method?: string | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: string | undefined;
  /** PEM of the certificate authority to trust, instead of those that Node knows. */
  readonly ca?: string | undefined;
  /** Keeps TLS connections for further exchanges; absent: a connection of its own, which is closed afterwards. */
  readonly agent?: Agent | undefined;
  /** Milliseconds for the whole exchange. */
  readonly timeout?: number | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
}

const distrust = 'its certificate is not from the CA of the running instance';

const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'the connection was closed',
  ENOTFOUND: 'no such host',
  EAI_AGAIN: 'the host name cannot be looked up',
  ABORT_ERR: 'no answer in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_SIGNATURE_FAILURE: distrust,
  DEPTH_ZERO_SELF_SIGNED_CERT: distrust,
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another host name; --host-name of the command up adds one',
  SELF_SIGNED_CERT_IN_CHAIN: distrust,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: distrust,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: distrust,
};

/**
 * One HTTP exchange, for whoever asks a few times and has to start fast, as the command line: it loads neither a pool
 * nor, for plain HTTP, TLS.
 * @throws UserError `URL_INVALID`; `NO_ANSWER` with the reason in words
 */
export async function exchange(url: string, options: ExchangeOptions = {}): Promise<HttpAnswer> {
  if (!URL.canParse(url)) throw userError('URL_INVALID', { url: url.replace(/\?.*/s, '') });
  try {
    const answer = await send(url, options);
    return { status: answer.statusCode ?? 0, text: await text(answer) };
  } catch (cause) {
    const reason = reasons[codeOf(cause) ?? ''] ?? messageOf(cause);
    throw userError('NO_ANSWER', { url: shownUrl(url), reason }, { cause });
  }
}

async function send(
  url: string,
  { method = 'GET', headers, body, ca, agent, timeout = 10_000 }: ExchangeOptions,
): Promise<IncomingMessage> {
  const secure = url.startsWith('https:');
  const request = secure ? (await import('node:https')).request : plainRequest;
  return await new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(Math.ceil(timeout));
    const options = { method, headers: { ...headers }, ca, agent: (secure && agent) || false, signal };
    const sent = request(url, options, resolve);
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The body as data, or undefined when it is not a JSON object. */
export function jsonObject({ text }: HttpAnswer): Readonly<Record<string, unknown>> | undefined {
  try {
    const data: unknown = JSON.parse(text);
    return typeof data === 'object' && data !== null && !Array.isArray(data) ? { ...data } : undefined;
  } catch {
    return undefined;
  }
}

/** What an error answer says: `{code,error}` of Kyma, `{error:{message}}` of the control API, or the bare text. */
export function errorText(answer: HttpAnswer): string {
  const error = jsonObject(answer)?.error;
  if (typeof error === 'string') return `${answer.status} ${error}`;
  if (typeof error === 'object' && error !== null && 'message' in error) return `${answer.status} ${error.message}`;
  const line = answer.text.trim().split('\n')[0] ?? '';
  return line === '' || line.startsWith('<') ? `status ${answer.status}` : `${answer.status} ${line.slice(0, 200)}`;
}
