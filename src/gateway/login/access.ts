import { type GatewayError, unreadableApi } from '../errors.ts';
import type { Behaviour } from '../releases/behaviour.ts';
import type { Api, ApiEntry } from '../routing/lookup.ts';
import { hasTokenParameters, type Method, methodOf } from './credentials.ts';
import { noParameters, type RequestParameters } from './parameters.ts';
import type { SecretContent, SecretSource } from './secrets.ts';

/** What calls of one API need besides its address. */
export interface Access {
  readonly method: Method | undefined;
  /** Where CSRF tokens come from; only with a method. */
  readonly csrfUrl: string | undefined;
  /** For the target request. */
  readonly parameters: RequestParameters;
}

export const openAccess: Access = { method: undefined, csrfUrl: undefined, parameters: noParameters };

export interface AccessOptions {
  readonly secrets: SecretSource;
  readonly behaviour: Behaviour;
}

interface Prepared {
  readonly secret: SecretContent | undefined;
  readonly parameters: SecretContent | undefined;
  readonly access: Access;
}

/**
 * Reads the Secrets of APIs. What they say is worked out once per change of the API or of a Secret.
 * @returns a function that throws GatewayError, row 6 of the catalogue (application-gateway §4), with `label` for the
 *   service in its text
 */
export function createAccessOf({ secrets, behaviour }: AccessOptions): (api: Api, label: string) => Access {
  const prepared = new WeakMap<Api, Prepared>();

  return (api, label) => {
    const reference = referenceOf(api.entry);
    const parametersName = (behaviour.requestParameters && api.entry.requestParametersSecretName) || undefined;
    if (!reference && !parametersName) return openAccess;

    const read = (name: string): SecretContent => {
      if (name === '') throw unreadableApi(label, "failed to get '' secret, resource name may not be empty");
      const secret = secrets(name);
      if (!secret) throw unreadableApi(label, behaviour.missingSecret(name));
      return secret;
    };
    const secret = reference && read(reference.secretName);
    const known = prepared.get(api);
    if (known && known.secret === secret && known.parameters === (parametersName && secrets(parametersName))) {
      return known.access;
    }
    const method = reference && secret && methodFor(reference, secret, behaviour, (why) => unreadableApi(label, why));
    const parameters = parametersName ? read(parametersName) : undefined;
    const access: Access = {
      method,
      csrfUrl: method && behaviour.csrf !== 'unknown' ? reference?.csrfUrl : undefined,
      parameters: parameters ? parametersOf(parameters, (why) => unreadableApi(label, why)) : noParameters,
    };
    prepared.set(api, { secret, parameters, access });
    return access;
  };
}

/** Where an entry says that its credentials are. */
interface Reference {
  readonly type: string;
  readonly secretName: string;
  readonly authenticationUrl: string | undefined;
  readonly csrfUrl: string | undefined;
}

/** Credentials whose members are all empty count as none. (application-gateway §2.2) */
function referenceOf(entry: ApiEntry): Reference | undefined {
  const { credentials, oauthUrl, credentialsSecretName } = entry;
  if (oauthUrl && credentialsSecretName) {
    return { type: 'OAuth', secretName: credentialsSecretName, authenticationUrl: oauthUrl, csrfUrl: undefined };
  }
  if (!credentials || Object.values(credentials).every((member) => member === '' || member == null)) return undefined;
  const { type = '', secretName = '', authenticationUrl, csrfInfo } = credentials;
  return { type, secretName, authenticationUrl, csrfUrl: csrfInfo?.tokenEndpointURL || undefined };
}

type Refuse = (reason: string) => GatewayError;

function methodFor(
  reference: Reference,
  secret: SecretContent,
  behaviour: Behaviour,
  refuse: Refuse,
): Method | undefined {
  const { type, authenticationUrl } = reference;
  const fetchesToken =
    behaviour.tokenParameters && hasTokenParameters(type) && behaviour.credentialTypes.includes(type);
  const parameters = fetchesToken ? parametersOf(secret, refuse) : noParameters;
  // The gateway of RemoteEnvironments logs in only with what is there. (application-gateway §16.2)
  if (behaviour.onlyOAuth && !(secret.text('clientId') && secret.text('clientSecret'))) return undefined;
  return methodOf(type, behaviour.credentialTypes, secret, authenticationUrl, parameters);
}

function parametersOf(secret: SecretContent, refuse: Refuse): RequestParameters {
  const { parameters } = secret;
  if ('problem' in parameters) throw refuse(parameters.problem);
  return parameters;
}
