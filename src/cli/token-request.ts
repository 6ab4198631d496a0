import { userError } from '../core/errors.ts';
import { askToken } from '../pairing/token.ts';
import type { ControlClient, Instance } from './instance.ts';

export interface Token {
  /** Single-use URL of the signing information. */
  readonly url: string;
  /** Where the token was asked for, without query. */
  readonly from: string;
  readonly instance: Instance;
  /** Whether the application was made now. */
  readonly created: boolean;
}

/**
 * Makes the application when it is missing and asks for a token by the token endpoint of the generation that runs.
 * @throws UserError
 */
export async function requestToken(control: ControlClient, application: string): Promise<Token> {
  const created = await control.ensureApplication(application);
  const instance = await control.instance(application);
  const { tokenRequest, kyma, ca } = instance;
  if (tokenRequest === undefined) throw userError('TOKEN_ENDPOINT_MISSING', { release: kyma });
  return { url: await askToken(tokenRequest, application, ca), from: tokenRequest.url, instance, created };
}
