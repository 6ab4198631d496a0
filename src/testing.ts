import { createPrivateKey, generateKeyPair, X509Certificate } from 'node:crypto';
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

/** An external system that has its certificate. */
export interface PairedSystem {
  readonly application: string;
  /** PEM texts: for `cert`, `key` and `ca` of any TLS client. */
  readonly certificate: string;
  readonly key: string;
  readonly ca: string;
  readonly validUntil: Date;
  /** The `api` member of the info answer: `metadataUrl`, `eventsUrl`, … as the simulated release has them. */
  readonly urls: Readonly<Record<string, string>>;
  /** An undici dispatcher that presents the certificate. Close it, or the paired system, after use. */
  readonly dispatcher: Dispatcher;
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
    const key = options.key ? createPrivateKey(options.key) : await newKey();
    const csr = Buffer.from(await newSigningRequest(key, subject)).toString('base64');
    const signed = await ask(agent, 'certificate', String(info.csrUrl), {
      method: 'POST',
      body: JSON.stringify({ csr }),
    });
    const certificate = Buffer.from(String(signed.crt), 'base64').toString();
    const keyPem = key.export({ type: 'pkcs8', format: 'pem' }).toString();
    const dispatcher = new Agent({ connect: { ca, cert: certificate, key: keyPem } });
    const close = () => dispatcher.close();
    return {
      application,
      certificate,
      key: keyPem,
      ca,
      validUntil: new X509Certificate(certificate).validToDate,
      urls: info.api as Record<string, string>,
      dispatcher,
      close,
      [Symbol.asyncDispose]: close,
    };
  } finally {
    await agent.close();
  }
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
