import type { Logger } from '../core/log.ts';
import type { SigningRequest } from '../pki/signing-request.ts';
import { connectorError } from './errors.ts';
import type { Revocations } from './revocations.ts';
import type { ConnectorSettings, ConnectorUrls } from './settings.ts';
import type { IssuedCertificates, Signer } from './signing.ts';
import type { ExplainedTokens } from './token-outcomes.ts';
import type { Ticket } from './tokens.ts';

export interface ServiceParts {
  readonly settings: ConnectorSettings;
  /** Known only after the edges listen. */
  readonly urls: () => ConnectorUrls;
  readonly namedTokens: ExplainedTokens;
  readonly freeTokens: ExplainedTokens;
  readonly signer: Signer;
  readonly revocations: Revocations;
  readonly log: Logger;
}

/** What the routes of all generations share. */
export interface Service extends ServiceParts {
  /**
   * Signs a checked request with the token that entitles to it. The token is used up only when a certificate is made,
   * and of many concurrent calls with one token only one makes any.
   * @throws KymaError
   */
  signOnce(ticket: Ticket, request: SigningRequest, validity: number): Promise<IssuedCertificates>;
}

export function createService(parts: ServiceParts): Service {
  return {
    ...parts,
    async signOnce(ticket, request, validity) {
      if (!(await ticket.claim())) throw connectorError('TOKEN_INVALID');
      try {
        return await parts.signer.sign(request, validity);
      } catch (thrown) {
        await ticket.restore();
        throw thrown;
      }
    },
  };
}
