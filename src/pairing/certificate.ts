import { type KeyObject, X509Certificate } from 'node:crypto';
import { userError } from '../core/errors.ts';
import { errorText, exchange, type HttpAnswer, jsonObject } from '../http/exchange.ts';
import { newSigningRequest } from '../pki/new-signing-request.ts';
import { firstPemBlock } from '../pki/pem.ts';
import type { ConnectorConnection } from './connection.ts';
import type { SigningInformation } from './information.ts';

export interface IssuedCertificates {
  /** PEM of the client certificate alone. */
  readonly leaf: string;
  /** PEM of everything that came as `crt`. */
  readonly chain: string;
  readonly validTo: Date;
}

/**
 * Makes a signing request for the announced subject and has it signed. (connector-service §3.3, §4.4)
 * @param key an RSA private key
 * @throws UserError `SIGNING_REFUSED`, `CERTIFICATE_MISSING`, `CERTIFICATE_FOREIGN`, or what an exchange throws
 */
export async function askCertificate(
  { csrUrl, subject }: SigningInformation,
  key: KeyObject,
  { ca, agent }: ConnectorConnection,
): Promise<IssuedCertificates> {
  const csr = Buffer.from(await newSigningRequest(key, subject)).toString('base64');
  const answer = await exchange(csrUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ csr }),
    ca,
    agent,
  });
  return readIssued(answer, key);
}

/** `crt` alone in the first generations, `clientCrt` and `caCrt` beside it later, each base64 of PEM. */
function readIssued(answer: HttpAnswer, key: KeyObject): IssuedCertificates {
  if (answer.status !== 201) throw userError('SIGNING_REFUSED', { answer: errorText(answer) });
  const crt = jsonObject(answer)?.crt;
  const chain = typeof crt === 'string' ? Buffer.from(crt, 'base64').toString() : '';
  const leaf = firstPemBlock(chain)?.text;
  const certificate = readCertificate(leaf);
  if (leaf === undefined || certificate === undefined) throw userError('CERTIFICATE_MISSING', {});
  if (!certificate.checkPrivateKey(key)) throw userError('CERTIFICATE_FOREIGN', {});
  return { leaf, chain, validTo: certificate.validToDate };
}

function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
