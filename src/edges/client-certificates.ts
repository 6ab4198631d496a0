import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.ts';
import type { ClientCertificate, ClientIdentity, ClientVerdict } from '../http/client-identity.ts';
import * as der from '../pki/der.ts';
import { readName, rfc2253 } from '../pki/subject.ts';

/** Headers by which gateways tell services who the client is: never taken from a client outside. */
const identityHeaders = new Set([
  'x-forwarded-client-cert',
  'client-certificate',
  'client-certificate-subject',
  'ssl-client-cert',
  'ssl-client-subject-dn',
  'ssl-client-verify',
]);

/** Removes identity headers that a client outside sent. */
export function stripIdentityHeaders(request: IncomingMessage): void {
  const { rawHeaders, headers } = request;
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2) {
    const name = rawHeaders[index]?.toLowerCase();
    if (name === undefined || !identityHeaders.has(name)) continue;
    rawHeaders.splice(index, 2);
    delete headers[name];
  }
}

export interface TrustOptions {
  /** The authorities whose certificates are accepted, of the moment. */
  readonly authorities: () => readonly X509Certificate[];
  readonly clock: Clock;
}

/** What a connection's certificate says, read once. */
interface Known {
  readonly parsed: X509Certificate;
  readonly certificate: Omit<ClientCertificate, 'verdict'>;
  /** Which authorities' signatures were checked, and whether they hold. */
  readonly verified: Map<X509Certificate, boolean>;
}

/**
 * Tells who stands behind a connection. Reading a certificate is done once per connection; dates are looked at for
 * every request, on our own clock.
 */
export class ClientIdentities {
  readonly #options: TrustOptions;
  readonly #known = new WeakMap<TLSSocket, Known>();

  constructor(options: TrustOptions) {
    this.#options = options;
  }

  of(socket: TLSSocket): ClientIdentity {
    let known = this.#known.get(socket);
    if (!known) {
      const peer = socket.getPeerX509Certificate?.();
      if (!peer) return { outside: true };
      known = describe(peer);
      this.#known.set(socket, known);
    }
    return { outside: true, certificate: { ...known.certificate, verdict: this.#judge(known) } };
  }

  #judge({ parsed: certificate, verified }: Known): ClientVerdict {
    const issuer = this.#options.authorities().find((authority) => {
      let result = verified.get(authority);
      if (result === undefined) {
        result = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
        verified.set(authority, result);
      }
      return result;
    });
    const now = this.#options.clock.now();
    if (!issuer) return refused('foreign', `issued by ${certificate.issuer.replaceAll('\n', ', ')}`);
    if (certificate.validToDate.getTime() < now) return refused('expired', `expired at ${certificate.validTo}`);
    // Certificates carry whole seconds and may be used in the second in which they were made.
    if (certificate.validFromDate.getTime() > now + 1000) {
      return refused('not yet valid', `valid from ${certificate.validFrom}`);
    }
    return { trusted: true };
  }
}

type Refusal = Extract<ClientVerdict, { trusted: false }>;
const refused = (reason: Refusal['reason'], detail: string): Refusal => ({ trusted: false, reason, detail });

function describe(parsed: X509Certificate): Known {
  const parts = der.partsOf(der.partsOf(der.readDer(parsed.raw))[0]);
  // A certificate without a version, X.509 v1, starts with its serial number.
  const first = parts[0]?.tagClass === 0x80 ? 1 : 0;
  const subject = readName(parts[first + 4]);
  return {
    parsed,
    verified: new Map(),
    certificate: {
      subject: subject.flat(),
      subjectText: rfc2253(subject),
      issuerText: rfc2253(readName(parts[first + 2])),
      serialNumber: parsed.serialNumber.toLowerCase(),
      der: parsed.raw,
    },
  };
}
