import { Signer } from '../../src/connector/signing.ts';
import { systemClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { KymaError } from '../../src/kyma/errors.ts';
import { createAuthority, readAuthority } from '../../src/pki/authority.ts';
import { damagedBytes, damagedValues, type Pick } from './der-mutations.ts';
import { csr, keyOf, rsaKey } from './openssl.ts';

const subject = '/C=DE/O=Organization/OU=OrgUnit/L=Waldorf/ST=Waldorf/CN=shop';
const expected = { C: 'DE', O: 'Organization', OU: 'OrgUnit', L: 'Waldorf', ST: 'Waldorf', CN: 'shop' };
const derOf = (pem: string) => Buffer.from(pem.replace(/-----[^-]+-----/g, ''), 'base64');

/** Good signing requests in DER: with RSA, with RSA-PSS, with an elliptic curve. */
export function goodRequests(): [plain: Buffer, pss: Buffer, ec: Buffer] {
  const key = rsaKey(1024);
  const pss = ['-sha256', '-sigopt', 'rsa_padding_mode:pss', '-sigopt', 'rsa_pss_saltlen:32'];
  const ec = keyOf('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256');
  return [derOf(csr({ key, subject })), derOf(csr({ key, subject, args: pss })), derOf(csr({ key: ec, subject }))];
}

/** Signers without and with `--quirks`. */
export async function signers(): Promise<Signer[]> {
  const made = await createAuthority([systemClock.now()], systemRandom);
  const authority = readAuthority(made.certificatePem, made.privateKeyPem);
  const options = { clock: systemClock, random: systemRandom, authority: () => authority };
  return [false, true].map((quirks) => new Signer({ ...options, quirks }));
}

/** The code of the answer to a body, `signed`, or a sentence for what is no answer of the contract. */
export async function outcomeOf(signer: Signer, body: string): Promise<string> {
  try {
    await signer.sign(await signer.check(Buffer.from(body), expected, 'common name'), 60_000);
    return 'signed';
  } catch (thrown) {
    if (thrown instanceof KymaError)
      return thrown.cause && thrown.code === 'SIGNING_FAILED' ? 'could not sign' : thrown.code;
    return `no answer: ${String(thrown)}`;
  }
}

/** A body for the signing call from a good request, damaged at one of its levels. */
export function damagedBody(der: Buffer, pick: Pick): string {
  const level = pick(10);
  const inside = level < 6 ? damagedValues(der, pick) : level === 6 ? damagedBytes(der, pick) : der;
  const pem = Buffer.from(
    `-----BEGIN CERTIFICATE REQUEST-----\n${inside.toString('base64')}\n-----END CERTIFICATE REQUEST-----\n`,
  );
  const csr = (level === 7 ? damagedBytes(pem, pick) : pem).toString('base64');
  if (level === 8) return JSON.stringify({ csr: damagedBytes(Buffer.from(csr), pick).toString('latin1') });
  const body = JSON.stringify({ csr });
  return level === 9 ? damagedBytes(Buffer.from(body), pick).toString('latin1') : body;
}
