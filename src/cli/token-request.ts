import { failed } from './failure.ts';
import { errorText, http, jsonObject } from './http.ts';
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
 * Makes the application when it is missing and asks for a token as a person in the cluster would, by the token
 * endpoint of the generation that runs.
 * @throws CommandError
 */
export async function requestToken(control: ControlClient, application: string): Promise<Token> {
  const created = await control.ensureApplication(application);
  const instance = await control.instance(application);
  if (instance.tokenRequest === undefined) {
    throw failed(`Kyma ${instance.kyma} has no token endpoint; start the instance with --kyma 2.2 or older`);
  }
  const { method, url: from, headers } = instance.tokenRequest;
  const answer = await http(from, { method, headers, ca: instance.ca });
  const url = jsonObject(answer)?.url;
  if (answer.status >= 300 || typeof url !== 'string') {
    throw failed(`the Connector Service gave no token for "${application}": ${errorText(answer)} (${from})`);
  }
  return { url, from, instance, created };
}
