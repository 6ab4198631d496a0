import { createPrivateKey, generateKeyPair, type KeyObject, X509Certificate } from 'node:crypto';
import { promisify } from 'node:util';
import { Agent, type Dispatcher, request } from 'undici';
import { ensureApplication } from './control/applications.ts';
import type { Kymulator } from './kymulator.ts';
import { parseSubject } from './pairing/subject.ts';
import { newSigningRequest } from './pki/new-signing-request.ts';

export { ManualClock } from './core/clock.ts';
export { startKymulator } from './kymulator.ts';

export interface PairOptions {
  /** PEM of an RSA private key; absent: a new one, which takes a moment. */
  readonly key?: string | undefined;
}

/** The `api` member of the info answer. A later release has the address of event information too. */
export interface PairedSystemUrls extends Readonly<Record<string, string | undefined>> {
  readonly metadataUrl: string;
  readonly eventsUrl: string;
  readonly certificatesUrl: string;
  readonly infoUrl?: string | undefined;
  readonly eventsInfoUrl?: string | undefined;
}

/** An external system that has its certificate. */
export interface PairedSystem {
  readonly application: string;
  /** PEM texts: for `cert`, `key` and `ca` of any TLS client. */
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  readonly validUntil: Date;
  /** Where to go with the certificate, as the simulated release says it. */
  readonly urls: PairedSystemUrls;
  /** An undici dispatcher that presents the certificate. Close it, or the paired system, after use. */
  readonly dispatcher: Dispatcher;
  /** Calling it twice is harmless. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/**
 * Pairs an external system with a running instance the way it does itself: token, signing information, key, signing
 * request, certificate. Makes the application when it is missing.
 * @throws Error that names the step and what the Connector Service answered
 */
export async function pair(
  kymulator: Kymulator,
  application: string,
  options: PairOptions = {},
): Promise<PairedSystem> {
  const given = options.key === undefined ? undefined : readKey(options.key);
  await ensureApplication(kymulator.store, application);
  const ca = kymulator.ca.certificate;
  const agent = new Agent({ connect: { ca } });
  try {
    const { url, headers } = kymulator.tokenRequest(application);
    const token = await ask(agent, 'token', url, { method: 'POST', headers });
    const info = await ask(agent, 'signing information', String(token.url), {});
    const { subject: announced } = info.certificate as { subject: string };
    const subject = parseSubject(announced);
    if (!subject) throw new Error(`the announced subject has an unknown form: ${announced}`);
    const key = given ?? (await newKey());
    const csr = Buffer.from(await newSigningRequest(key, subject)).toString('base64');
    const signed = await ask(agent, 'certificate', String(info.csrUrl), {
      method: 'POST',
      body: JSON.stringify({ csr }),
    });
    const certificate = Buffer.from(String(signed.crt), 'base64').toString();
    const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const dispatcher = new Agent({ connect: { ca, cert: certificate, key: keyPem } });
    let closing: Promise<void> | undefined;
    const close = () => {
      closing ??= dispatcher.close();
      return closing;
    };
    return {
      application,
      certificate,
      key: keyPem,
      ca,
      validUntil: new X509Certificate(certificate).validToDate,
      urls: info.api as PairedSystemUrls,
      dispatcher,
      close,
      [Symbol.asyncDispose]: close,
    };
  } finally {
    await agent.close();
  }
}

function readKey(pem: string): KeyObject {
  let key: KeyObject | undefined;
  try {
    key = createPrivateKey(pem);
  } catch {
    // Reported below: OpenSSL's words would help nobody.
  }
  if (key?.asymmetricKeyType === 'rsa') return key;
  throw new Error('no key: the option "key" must be the PEM text of an RSA private key without password');
}

async function newKey() {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  return privateKey;
}

async function ask(
  dispatcher: Dispatcher,
  step: string,
  url: string,
  options: { method?: 'POST'; headers?: Readonly<Record<string, string>>; body?: string },
): Promise<Record<string, unknown>> {
  const { statusCode, body } = await request(url, { dispatcher, ...options });
  const text = await body.text();
  if (statusCode >= 300) throw new Error(`no ${step}: the Connector Service answered ${statusCode} ${text.trim()}`);
  return JSON.parse(text) as Record<string, unknown>;
}
