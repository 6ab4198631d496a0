import { toBinary } from '../../go/url.ts';
import type { ClientKeyPair } from '../../http/client/tls.ts';
import { basicAuthorization } from '../../http/raw-headers.ts';
import { loginFailed } from '../errors.ts';
import { CertificateProblem, readClientCertificate } from './certificate.ts';
import { noParameters, type RequestParameters } from './parameters.ts';
import type { TokenContext, TokenOrder, Tokens } from './tokens.ts';

/** How the gateway introduces itself to a target, or to what issues CSRF tokens for it. */
export interface Login {
  /** Replaces the client's header. */
  readonly authorization?: string;
  readonly certificate?: ClientKeyPair;
  /** The OAuth token in `authorization`. */
  readonly token?: string;
}

/** One way to log in, with everything that an API's Secret says worked out. */
export interface Method {
  readonly type: 'Basic' | 'OAuth' | 'OAuthWithCert' | 'CertificateGen';
  /**
   * A promise only when something has to be fetched.
   * @throws GatewayError
   */
  login(tokens: Tokens, context: TokenContext): Login | Promise<Login>;
  /** Forgets what a target has refused. @param used undefined: another login than this method's was used */
  forget(tokens: Tokens, context: TokenContext, used: Login | undefined): void;
}

export const noLogin: Login = {};

/** @param username, password binary strings (application-gateway §5.2) */
export function basic(username: string, password: string): Method {
  const login = { authorization: basicAuthorization(username, password) };
  return { type: 'Basic', login: () => login, forget: () => {} };
}

/** (application-gateway §5.3) */
export const oauth = (order: Omit<TokenOrder, 'certificate'>): Method => withToken('OAuth', order);

/** Only the token endpoint sees the certificate. (application-gateway §5.4) */
function oauthWithCertificate(
  order: Omit<TokenOrder, 'certificate' | 'clientSecret'>,
  crt: string,
  key: string,
): Method {
  const certificate = once(() => readClientCertificate(crt, key));
  return withToken('OAuthWithCert', { ...order, clientSecret: undefined, certificate });
}

function withToken(type: 'OAuth' | 'OAuthWithCert', order: TokenOrder): Method {
  let last: Login | undefined;
  const loginWith = (token: string): Login => {
    // The same token gives the same login, without building texts for each call.
    if (last?.token !== token) last = { authorization: `Bearer ${toBinary(token)}`.trimEnd(), token };
    return last;
  };
  return {
    type,
    login(tokens, context) {
      const token = preparing('Failed to get token: ', () => tokens.get(order, context));
      return typeof token === 'string' ? loginWith(token) : token.then(loginWith);
    },
    forget: (tokens, context, used) => tokens.forget(order, context, used?.token),
  };
}

/** (application-gateway §5.5) */
export function certificateGen(crt: string, key: string): Method {
  const login = once(() => ({ certificate: readClientCertificate(crt, key) }));
  return { type: 'CertificateGen', login: () => preparing('', login), forget: () => {} };
}

/** @throws GatewayError in place of CertificateProblem */
function preparing<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CertificateProblem)) throw error;
    throw loginFailed(500, `${prefix}Failed to prepare certificate, ${error.message}`);
  }
}

/** The outcome of the first success. */
function once<T>(work: () => T): () => T {
  let done: { readonly value: T } | undefined;
  return () => {
    done ??= { value: work() };
    return done.value;
  };
}

/** What a Secret of today's form gives, whichever resource refers to it. */
export interface SecretTexts {
  text(key: string): string;
  /** See `SecretContent`. */
  binary(key: string): string;
}

interface Origin {
  readonly secret: SecretTexts;
  readonly authenticationUrl: string;
  /** For the token request. */
  readonly parameters: RequestParameters;
}

/** `credentials.type` and the keys of its Secret. (application-gateway §2.2) */
const types: Readonly<Record<string, (origin: Origin) => Method>> = {
  Basic: ({ secret }) => basic(secret.binary('username'), secret.binary('password')),
  OAuth: ({ secret, authenticationUrl: url, parameters }) =>
    oauth({ url, clientId: secret.binary('clientId'), clientSecret: secret.binary('clientSecret'), parameters }),
  OAuthWithCert: ({ secret, authenticationUrl: url, parameters }) =>
    oauthWithCertificate(
      { url, clientId: secret.binary('clientId'), parameters },
      secret.text('crt'),
      secret.text('key'),
    ),
  CertificateGen: ({ secret }) => certificateGen(secret.text('crt'), secret.text('key')),
};

/** Whether the Secret of a type says more about the token request than who asks. */
export const hasTokenParameters = (type: string) => type === 'OAuth' || type === 'OAuthWithCert';

/** The method of a `credentials.type`; undefined for a type that is not known, which means without credentials. */
export function methodOf(
  type: string,
  known: readonly string[],
  secret: SecretTexts,
  authenticationUrl = '',
  parameters = noParameters,
): Method | undefined {
  if (!known.includes(type) || !Object.hasOwn(types, type)) return undefined;
  return types[type]?.({ secret, authenticationUrl, parameters });
}
