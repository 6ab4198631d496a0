import { type KeyObject, X509Certificate } from 'node:crypto';
import { firstPemBlock } from '../../pki/pem.ts';
import { failed } from '../failure.ts';
import { errorText, type HttpAnswer, jsonObject } from '../http.ts';

export interface IssuedCertificates {
  /** PEM of the client certificate alone. */
  readonly leaf: string;
  /** PEM of everything that came as `crt`. */
  readonly chain: string;
  readonly validTo: Date;
}

/**
 * Reads the answer to a signing request: `crt` alone in the first generations, `clientCrt` and `caCrt` beside it later,
 * each base64 of PEM. (connector-service §3.3, §4.4)
 * @throws CommandError when the answer is an error, has no certificate, or one for another key
 */
export function readIssued(answer: HttpAnswer, key: KeyObject): IssuedCertificates {
  if (answer.status !== 201) {
    throw failed(
      `the Connector Service refused the signing request: ${errorText(answer)}\nRun the command again for a new token; if the key is the matter, add --new-key`,
    );
  }
  const crt = jsonObject(answer)?.crt;
  const chain = typeof crt === 'string' ? Buffer.from(crt, 'base64').toString() : '';
  const leaf = firstPemBlock(chain)?.text;
  const certificate = readCertificate(leaf);
  if (leaf === undefined || certificate === undefined) {
    throw failed('the Connector Service answered without a certificate in "crt"');
  }
  if (!certificate.checkPrivateKey(key)) {
    throw failed('the Connector Service issued a certificate for another key than the one that was sent');
  }
  return { leaf, chain, validTo: certificate.validToDate };
}

function readCertificate(pem: string | undefined): X509Certificate | undefined {
  try {
    return pem === undefined ? undefined : new X509Certificate(pem);
  } catch {
    return undefined;
  }
}
