import { generateKeyPair } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Clock, systemClock } from '../../core/clock.ts';
import { readOrCreate, writeWhole } from '../../core/files.ts';
import type { Random } from '../../core/random.ts';
import { type Authority, issue, newSerial } from '../../pki/authority.ts';
import { administratorExtensions } from '../../pki/certificate.ts';
import * as der from '../../pki/der.ts';
import { writePem } from '../../pki/pem.ts';
import { nameToDer } from '../../pki/subject.ts';
import { ADMIN, ADMIN_GROUP } from './users.ts';

/**
 * The administrator's bearer token. It survives a restart where there is a folder, so that programs which were given it
 * go on.
 */
export async function administratorToken(folder: string | undefined, random: Random): Promise<string> {
  const make = () => random.bytes(32).toString('base64url');
  if (!folder) return make();
  const file = join(folder, 'kubernetes-token');
  const options = { mode: 0o600, folderMode: 0o700 };
  const kept = (await readOrCreate(file, () => `${make()}\n`, options)).trim();
  if (kept) return kept;
  const made = make();
  await writeWhole(file, `${made}\n`, options);
  return made;
}

const DAY = 24 * 60 * 60 * 1000;
const VALID = 365 * DAY;

/** A new key and certificate, quickly made: an elliptic curve for the key, the authority's own signature. PEM texts. */
export async function administratorCertificate(
  authority: Authority,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<{ readonly certificate: string; readonly key: string }> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const times = [clock.now(), systemClock.now()];
  const certificate = await issue(authority.privateKey, {
    serial: newSerial(random),
    issuer: authority.issuer,
    notBefore: Math.min(...times) - DAY,
    notAfter: Math.max(...times) + VALID,
    subject: nameToDer([[{ type: 'O', value: ADMIN_GROUP }], [{ type: 'CN', value: ADMIN }]]),
    publicKeyInfo: der.encoded(publicKey.export({ type: 'spki', format: 'der' })),
    extensions: administratorExtensions(authority.keyId),
  });
  return {
    certificate: writePem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
