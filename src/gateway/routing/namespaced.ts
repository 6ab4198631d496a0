import { messageOf } from '../../core/errors.ts';
import { decodeGo, goMap, goSlice, goString, goStruct } from '../../go/struct.ts';
import { toBinary } from '../../go/url.ts';
import { GatewayError } from '../errors.ts';
import { type Access, openAccess } from '../login/access.ts';
import { basic, certificateGen, type Method, oauth } from '../login/credentials.ts';
import { noParameters, type RequestParameters } from '../login/parameters.ts';
import type { SecretContent } from '../login/secrets.ts';
import { type BadTarget, readTarget, type Target } from './target.ts';

/** An API that a Secret alone describes, as a service binding left it in a namespace. (application-gateway §17) */
export interface BoundApi {
  readonly target: Target | BadTarget;
  readonly access: Access;
}

interface Parameters {
  readonly headers?: Readonly<Record<string, string[] | null>> | null;
  readonly queryParameters?: Readonly<Record<string, string[] | null>> | null;
}

interface Configuration {
  readonly credentials?: Readonly<Record<CredentialKey, string | undefined>> & {
    readonly requestParameters?: Parameters;
  };
  readonly csrfConfig?: { readonly tokenUrl?: string };
  readonly requestParameters?: Parameters;
}

const credentialKeys = [
  'clientId',
  'clientSecret',
  'tokenUrl',
  'username',
  'password',
  'certificate',
  'privateKey',
] as const;
type CredentialKey = (typeof credentialKeys)[number];

const lists = goMap(goSlice(goString));
const parameters = goStruct('proxyconfig.RequestParameters', { headers: lists, queryParameters: lists });
const configuration = goStruct('proxyconfig.Configuration', {
  credentials: goStruct('proxyconfig.Credentials', {
    ...Object.fromEntries(credentialKeys.map((key) => [key, goString])),
    requestParameters: parameters,
  }),
  csrfConfig: goStruct('proxyconfig.CSRFConfig', { tokenUrl: goString }),
  requestParameters: parameters,
});

/** `CREDENTIALS_TYPE` in lower case; others mean without credentials. */
const types: Readonly<Record<string, (configuration: Configuration) => Method>> = {
  basicauth: ({ credentials }) => basic(toBinary(credentials?.username ?? ''), toBinary(credentials?.password ?? '')),
  oauth: ({ credentials }) =>
    oauth({
      url: credentials?.tokenUrl ?? '',
      clientId: toBinary(credentials?.clientId ?? ''),
      clientSecret: toBinary(credentials?.clientSecret ?? ''),
      parameters: readParameters(credentials?.requestParameters),
    }),
  certificate: ({ credentials }) =>
    certificateGen(fromBase64(credentials?.certificate), fromBase64(credentials?.privateKey)),
};

const fromBase64 = (text = '') => Buffer.from(text, 'base64').toString('utf8');

/**
 * Reads one API of a Secret.
 * @throws GatewayError (application-gateway §17)
 */
export function readBoundApi(secret: SecretContent | undefined, name: string, api: string): BoundApi {
  if (!secret) throw new GatewayError('SECRET_NOT_FOUND', 404, `secret '${name}' not found`);
  if (secret.isEmpty) throw new GatewayError('SECRET_EMPTY', 400, 'provided secret is empty');
  const targetUrl = secret.text(`${api.toUpperCase()}_TARGET_URL`);
  if (targetUrl === '') {
    throw new GatewayError('API_NOT_FOUND', 404, `target URL for API ${api} not found in the ${name} secret`);
  }
  return { target: readTarget(targetUrl), access: readAccess(secret, name) };
}

function readAccess(secret: SecretContent, name: string): Access {
  if (!secret.has('CONFIGURATION')) return openAccess;
  const read = readConfiguration(secret, name);
  const type = secret.text('CREDENTIALS_TYPE').toLowerCase();
  const method = Object.hasOwn(types, type) ? types[type]?.(read) : undefined;
  return {
    method,
    csrfUrl: (method && read.csrfConfig?.tokenUrl) || undefined,
    parameters: readParameters(read.requestParameters),
  };
}

function readConfiguration(secret: SecretContent, name: string): Configuration {
  try {
    return decodeGo(secret.text('CONFIGURATION'), configuration) as Configuration;
  } catch (error) {
    const text = `failed to unmarshal target config from ${name} secret: ${messageOf(error)}`;
    throw new GatewayError('BAD_CONFIGURATION', 500, text);
  }
}

function readParameters({ headers, queryParameters }: Parameters = {}): RequestParameters {
  if (!headers && !queryParameters) return noParameters;
  const read = (lists: Parameters['headers']) =>
    Object.entries(lists ?? {}).map(([name, values]) => [toBinary(name), (values ?? []).map(toBinary)] as const);
  return {
    headers: read(headers).map(([name, values]) => ({ name, values })),
    query: queryParameters ? new Map(read(queryParameters)) : undefined,
  };
}
