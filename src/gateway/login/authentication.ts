import { type ClientKeyPair, type TlsIdentity, unverified, verified } from '../../http/client/tls.ts';
import type { Access } from './access.ts';
import { type Login, noLogin } from './credentials.ts';
import type { CsrfToken, CsrfTokens } from './csrf.ts';
import type { TokenContext, Tokens } from './tokens.ts';

/** What one attempt to call a target is authenticated with. */
export interface Authentication {
  readonly identity: TlsIdentity;
  /** Replaces the client's header; undefined leaves it. */
  readonly authorization: string | undefined;
  /** The CSRF tokens of all attempts so far, oldest first: earlier cookies stay. (application-gateway §23.8) */
  readonly csrf: readonly CsrfToken[];
  /** What the configured method gave; undefined when the client brought its own token. */
  readonly login: Login | undefined;
}

export interface AuthenticatorOptions {
  readonly tokens: Tokens;
  readonly csrfTokens: CsrfTokens;
}

export interface AuthenticationRequest {
  readonly access: Access;
  readonly context: TokenContext;
  /** The client's own `Access-Token`, if it is not empty. (application-gateway §5.6) */
  readonly accessToken: string | undefined;
  /** What the target has refused. (application-gateway §5.7) */
  readonly refused: Authentication | undefined;
}

/**
 * Logs in, and fetches a CSRF token where one is needed. A promise only when something has to be fetched.
 * @throws GatewayError
 */
export type Authenticate = (request: AuthenticationRequest) => Authentication | Promise<Authentication>;

const noCsrf: readonly CsrfToken[] = [];

export function createAuthenticator({ tokens, csrfTokens }: AuthenticatorOptions): Authenticate {
  let latestCertificate: ClientKeyPair | undefined;

  /** Who the gateway is at a CSRF endpoint. */
  function csrfIdentity(login: Login, context: TokenContext): TlsIdentity {
    const identity = identityOf(login, context);
    if (context.behaviour.csrfCertificate === 'own') return identity;
    latestCertificate = identity.certificate ?? latestCertificate;
    return { ...identity, certificate: latestCertificate };
  }

  return (request) => {
    const { access, context, accessToken, refused } = request;
    const { method, csrfUrl } = access;
    if (refused) {
      method?.forget(tokens, context, refused.login);
      if (csrfUrl !== undefined) csrfTokens.forget(csrfUrl, refused.csrf.at(-1));
    }
    const configured = () => method?.login(tokens, context) ?? noLogin;
    if (accessToken !== undefined && !refused) return withCsrf(request, undefined, configured);
    const login = configured();
    return login instanceof Promise
      ? login.then((login) => withCsrf(request, login, () => login))
      : withCsrf(request, login, () => login);
  };

  function withCsrf(
    { access: { csrfUrl }, context, accessToken, refused }: AuthenticationRequest,
    login: Login | undefined,
    configured: () => Login | Promise<Login>,
  ): Authentication | Promise<Authentication> {
    const authentication = (csrf: readonly CsrfToken[]): Authentication => ({
      identity: identityOf(login, context),
      authorization: login?.authorization ?? accessToken,
      csrf,
      login,
    });
    if (csrfUrl === undefined) return authentication(noCsrf);
    const before = refused?.csrf ?? noCsrf;
    const token = csrfTokens.get(csrfUrl, async () => {
      const login = await configured();
      return { authorization: login.authorization, identity: csrfIdentity(login, context), note: context.note };
    });
    return token instanceof Promise
      ? token.then((token) => authentication([...before, token]))
      : authentication([...before, token]);
  }
}

function identityOf(login: Login | undefined, { skipVerify, behaviour }: TokenContext): TlsIdentity {
  const certificate = login?.certificate;
  if (!certificate) return skipVerify ? unverified : verified;
  return { skipVerify: skipVerify && !behaviour.verifiesWithCertificate, certificate };
}
