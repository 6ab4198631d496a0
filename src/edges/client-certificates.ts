import type { X509Certificate } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Clock } from '../core/clock.ts';
import { messageOf } from '../core/errors.ts';
import type { ClientCertificate, ClientIdentity, ClientVerdict, DistrustReason } from '../http/client-identity.ts';
import { clientPurposeProblem } from '../pki/client-purpose.ts';
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
  /** What is wrong with it whatever the time and the authorities. */
  readonly flaw: Distrust | undefined;
  /** Which authorities' signatures were checked, and whether they hold. */
  readonly verified: Map<X509Certificate, boolean>;
}

/**
 * Tells who stands behind a connection, whatever the handshake has looked at. Reading a certificate is done once per
 * connection; dates are looked at for every request, on our own clock.
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

  #judge({ parsed: certificate, verified, flaw }: Known): ClientVerdict {
    const issuer = this.#options.authorities().find((authority) => {
      let result = verified.get(authority);
      if (result === undefined) {
        result = certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
        verified.set(authority, result);
      }
      return result;
    });
    const now = this.#options.clock.now();
    if (!issuer) return distrust('foreign', `issued by ${certificate.issuer.replaceAll('\n', ', ')}`);
    if (flaw) return flaw;
    if (certificate.validToDate.getTime() < now) return distrust('expired', `expired at ${certificate.validTo}`);
    // Certificates carry whole seconds and may be used in the second in which they were made.
    if (certificate.validFromDate.getTime() > now + 1000) {
      return distrust('not yet valid', `valid from ${certificate.validFrom}`);
    }
    return { trusted: true };
  }
}

type Distrust = Extract<ClientVerdict, { trusted: false }>;
const distrust = (reason: DistrustReason, detail: string): Distrust => ({ trusted: false, reason, detail });

/** OpenSSL lets encodings through that are no DER; whoever uses them is nobody we know. */
function describe(parsed: X509Certificate): Known {
  try {
    return read(parsed);
  } catch (thrown) {
    const certificate = { subject: [], subjectText: '', issuerText: '', serialNumber: '', der: parsed.raw };
    return { parsed, verified: new Map(), certificate, flaw: distrust('unreadable', messageOf(thrown)) };
  }
}

/** @throws DerError */
function read(parsed: X509Certificate): Known {
  const parts = der.partsOf(der.partsOf(der.readDer(parsed.raw))[0]);
  // A certificate without a version, X.509 v1, starts with its serial number.
  const first = parts[0]?.tagClass === 0x80 ? 1 : 0;
  const subject = readName(parts[first + 4]);
  const problem = clientPurposeProblem(parsed.raw);
  return {
    parsed,
    verified: new Map(),
    flaw: problem === undefined ? undefined : distrust('wrong purpose', problem),
    certificate: {
      subject: subject.flat(),
      subjectText: rfc2253(subject),
      issuerText: rfc2253(readName(parts[first + 2])),
      serialNumber: parsed.serialNumber.toLowerCase(),
      der: parsed.raw,
    },
  };
}
