import { userError } from '../core/errors.ts';
import { errorText, exchange, jsonObject } from '../http/exchange.ts';
import type { TokenEndpoint } from '../kyma/token-endpoint.ts';

/**
 * Asks for a token as a person in the cluster would. (connector-service §3.1, §4.2)
 * @param application for the message
 * @param ca PEM of the authority to trust
 * @returns the single-use URL of the signing information
 * @throws UserError `TOKEN_REFUSED`, or what an exchange throws
 */
export async function askToken({ url, headers }: TokenEndpoint, application: string, ca: string): Promise<string> {
  const answer = await exchange(url, { method: 'POST', headers, ca });
  const tokenUrl = jsonObject(answer)?.url;
  if (answer.status < 300 && typeof tokenUrl === 'string') return tokenUrl;
  throw userError('TOKEN_REFUSED', { application, answer: errorText(answer), url });
}
