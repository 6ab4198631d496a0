import { createSecureContext, getCACertificates, type SecureContext } from 'node:tls';

/** A certificate of ours with its key, to be shown to servers. */
export interface ClientKeyPair {
  /** Tells certificates and keys apart without showing them. */
  readonly fingerprint: string;
  /** PEM, with its chain. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
}

/** Who we are, and whom we believe, on a connection. */
export interface TlsIdentity {
  /** Any server certificate will do. */
  readonly skipVerify: boolean;
  readonly certificate: ClientKeyPair | undefined;
}

/** Nobody in particular, who believes the known authorities only. */
export const verified: TlsIdentity = { skipVerify: false, certificate: undefined };
/** Nobody in particular, who believes everybody. */
export const unverified: TlsIdentity = { skipVerify: true, certificate: undefined };

/** For `tls.connect` and what builds on it. */
export interface TlsOptions {
  readonly rejectUnauthorized: boolean;
  readonly secureContext?: SecureContext;
}

/**
 * @param trustedCertificates PEM certificates of authorities to trust besides those that Node trusts: its own list,
 *   `NODE_EXTRA_CA_CERTS`, and the system's where it is told so. An option `ca` alone would take their place.
 * @returns what makes the options for an identity; reading the certificates is worth keeping them
 */
export function tlsOptionsWith(trustedCertificates: readonly string[]): (identity: TlsIdentity) => TlsOptions {
  let authorities: string[] | undefined;
  return ({ skipVerify, certificate }) => {
    const rejectUnauthorized = !skipVerify;
    if (!certificate && trustedCertificates.length === 0) return { rejectUnauthorized };
    authorities ??= [...getCACertificates('default'), ...trustedCertificates];
    const secureContext = createSecureContext({
      ...(trustedCertificates.length > 0 && { ca: authorities }),
      ...(certificate && { cert: certificate.certificate, key: certificate.key }),
    });
    return { rejectUnauthorized, secureContext };
  };
}
