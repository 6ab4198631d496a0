/**
 * Certificates and whole pairings, against signatures as `node:crypto` makes them: the signature is the part that no
 * program can do without.
 */

import { generateKeyPairSync, sign } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Signer } from '../src/connector/signing.ts';
import type { ExpectedSubject } from '../src/connector/subject-check.ts';
import { systemClock } from '../src/core/clock.ts';
import { systemRandom } from '../src/core/random.ts';
import { type Authority, createAuthority, readAuthority } from '../src/pki/authority.ts';
import { newSigningRequest } from '../src/pki/new-signing-request.ts';
import { compare, rateOf, syncRateOf } from './support/measure.ts';
import { startPairing } from './support/pairing.ts';
import { atLeast, type Figure, perSecond, printFigures } from './support/table.ts';

const ROUNDS = 5;
const MILLISECONDS = 600;
const CONNECTIONS = 16;
const cores = availableParallelism();

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
/** About as long as what is signed of a certificate. */
const content = Buffer.alloc(700, 'certificate');

const nativeRate = async () => syncRateOf(MILLISECONDS, 20, () => sign('sha256', content, privateKey));

const signLater = promisify<string, Buffer, typeof privateKey, Buffer>(sign);
const nativeRateOfAllCores = () => rateOf(MILLISECONDS, 2 * cores, () => signLater('sha256', content, privateKey));

const subject = { C: 'DE', O: 'Organization', OU: 'OrgUnit', L: 'Waldorf', ST: 'Waldorf' };
const signingRequest = async (CN: string) => {
  const attributes = Object.entries({ ...subject, CN }).map(([type, value]) => ({ type, value }));
  return JSON.stringify({ csr: Buffer.from(await newSigningRequest(privateKey, attributes)).toString('base64') });
};

async function certificates(): Promise<Figure[]> {
  const made = await createAuthority([systemClock.now()], systemRandom);
  const authority: Authority = readAuthority(made.certificatePem, made.privateKeyPem);
  const signer = new Signer({ clock: systemClock, random: systemRandom, quirks: false, authority: () => authority });
  const expected: ExpectedSubject = { ...subject, CN: 'shop' };
  const body = Buffer.from(await signingRequest('shop'));
  const measure = () =>
    rateOf(MILLISECONDS, 2 * cores, async () => {
      await signer.sign(await signer.check(body, expected, 'common name'), 1000);
    });

  const single = await compare(ROUNDS, measure, nativeRate);
  const all = await compare(ROUNDS, measure, nativeRateOfAllCores);
  return [
    {
      figure: 'CSR to certificate / RSA-2048 signatures, one core',
      value: perSecond(single.value),
      baseline: perSecond(single.baseline),
      ratio: single.ratio,
      aim: atLeast(single.ratio, 0.5),
    },
    {
      figure: `CSR to certificate / RSA-2048 signatures, ${cores} cores`,
      value: perSecond(all.value),
      baseline: perSecond(all.baseline),
      ratio: all.ratio,
    },
  ];
}

async function pairings(title: string, folder?: string): Promise<Figure> {
  const applications = Array.from({ length: CONNECTIONS }, (_, index) => `application-${index}`);
  const systems = await Promise.all(
    applications.map(async (application) => ({ application, signingRequest: await signingRequest(application) })),
  );
  await using pairing = await startPairing(CONNECTIONS, folder);
  const measure = () =>
    rateOf(2 * MILLISECONDS, CONNECTIONS, async (worker) => {
      const system = systems[worker];
      if (system) await pairing.pair(system);
    });
  const { value, baseline, ratio } = await compare(ROUNDS, measure, nativeRate);
  return {
    figure: `token, info, certificate (${title}) / RSA-2048 signatures`,
    value: perSecond(value),
    baseline: perSecond(baseline),
    ratio,
    aim: atLeast(ratio, 900 / 3500),
  };
}

const folder = await mkdtemp(join(tmpdir(), 'kymulator-bench-'));
try {
  printFigures([...(await certificates()), await pairings('in memory'), await pairings('SQLite', folder)]);
} finally {
  await rm(folder, { recursive: true });
}
