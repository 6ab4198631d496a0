import type { Clock } from '../core/clock.ts';
import { givingWay } from '../core/give-way.ts';
import type { Random } from '../core/random.ts';
import { decodeBase64 } from '../go/base64.ts';
import { GoSyntaxError, GoTypeError, goDecoding, goString, goStruct } from '../go/struct.ts';
import { type Authority, issueClientCertificate } from '../pki/authority.ts';
import { firstPemBlock, writePem } from '../pki/pem.ts';
import {
  readSigningRequest,
  type SigningRequest,
  SigningRequestError,
  verifySigningRequest,
} from '../pki/signing-request.ts';
import { connectorError } from './errors.ts';
import { checkSubject, type ExpectedSubject } from './subject-check.ts';

/** Certificates as PEM texts. */
export interface IssuedCertificates {
  readonly client: string;
  readonly authority: string;
}

export interface SigningOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly quirks: boolean;
  /** @throws KymaError when the authority's secret is missing or unreadable */
  readonly authority: () => Authority;
}

const requestBody = goStruct('externalapi.certRequest', { csr: goString });

/** The smallest key that is signed without `--quirks`. TLS libraries refuse smaller ones anyway. */
const MIN_RSA_BITS = 1024;

/** Reads and checks signing requests and issues certificates. (connector-service §5, §6) */
export class Signer {
  readonly #options: SigningOptions;

  constructor(options: SigningOptions) {
    this.#options = options;
  }

  /**
   * Everything that can be found wrong with a request, in the service's order.
   * @throws KymaError with the first thing that is wrong
   */
  async check(
    body: Buffer,
    expected: ExpectedSubject,
    nameWord: Parameters<typeof checkSubject>[2],
  ): Promise<SigningRequest> {
    const request = await readRequest(body);
    if (!this.#options.quirks) refuseSmallKey(request);
    checkSubject(request.subject, expected, nameWord);
    this.#options.authority();
    if (request.publicKey.asymmetricKeyType !== 'rsa') {
      throw connectorError('SIGNING_FAILED', 'x509: requested SignatureAlgorithm does not match private key type');
    }
    return request;
  }

  /** @param validity milliseconds */
  async sign(request: SigningRequest, validity: number): Promise<IssuedCertificates> {
    const { clock, random, quirks } = this.#options;
    const authority = this.#options.authority();
    const der = await issueClientCertificate(authority, request, { now: clock.now(), validity, random, quirks }).catch(
      (cause: unknown) => {
        throw connectorError('SIGNING_FAILED', 'the authority could not sign', { cause });
      },
    );
    return { client: writePem('CERTIFICATE', der), authority: authority.certificatePem };
  }
}

async function readRequest(body: Buffer): Promise<SigningRequest> {
  const decoded = decodeBase64(await readBody(body));
  if (!decoded) throw connectorError('BASE64_INVALID');
  const block = firstPemBlock(decoded.toString('utf8'));
  if (!block) throw connectorError('PEM_MISSING');
  try {
    const request = readSigningRequest(block.der);
    await verifySigningRequest(request);
    return request;
  } catch (thrown) {
    if (!(thrown instanceof SigningRequestError)) throw thrown;
    const problem = thrown.code === 'MALFORMED' ? 'CSR_MALFORMED' : 'CSR_SIGNATURE';
    throw connectorError(problem, thrown.message, { cause: thrown });
  }
}

async function readBody(body: Buffer): Promise<string> {
  try {
    const decoded = await givingWay(goDecoding(body.toString('utf8'), requestBody));
    return (decoded as { csr?: string }).csr ?? '';
  } catch (thrown) {
    if (thrown instanceof GoSyntaxError || thrown instanceof GoTypeError) {
      throw connectorError('BODY_MALFORMED', thrown.message, { cause: thrown });
    }
    throw thrown;
  }
}

function refuseSmallKey({ publicKey }: SigningRequest): void {
  const bits = publicKey.asymmetricKeyDetails?.modulusLength;
  if (bits !== undefined && bits < MIN_RSA_BITS) {
    throw connectorError(
      'CSR_SIGNATURE',
      `crypto/rsa: ${bits}-bit keys are insecure, use ${MIN_RSA_BITS} bits or more`,
    );
  }
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** `crt` alone, as in 2018. (connector-service §3.3) */
export const earlyCertificates = ({ client, authority }: IssuedCertificates, chain: boolean) => ({
  crt: base64(chain ? client + authority : client),
});

/** Chain, leaf and authority; a root goes before the issuing authority. (connector-service §4.4) */
export function certificatesAnswer({ client, authority }: IssuedCertificates, root: string | undefined) {
  const authorities = (root ?? '') + authority;
  return { crt: base64(client + authorities), clientCrt: base64(client), caCrt: base64(authorities) };
}
