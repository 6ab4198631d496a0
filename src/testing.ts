import type { KeyObject } from 'node:crypto';
import { Agent, type Dispatcher } from 'undici';
import { ensureApplication } from './control/applications.ts';
import { userError } from './core/errors.ts';
import type { Kymulator } from './kymulator.ts';
import { askCertificate } from './pairing/certificate.ts';
import { connectorConnection } from './pairing/connection.ts';
import { readInformation } from './pairing/information.ts';
import { keyPem, newKey, readKey } from './pairing/key.ts';
import { askToken } from './pairing/token.ts';

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
 * @throws UserError that names the step and what the Connector Service answered, such as `TOKEN_REFUSED`
 */
export async function pair(
  kymulator: Kymulator,
  application: string,
  options: PairOptions = {},
): Promise<PairedSystem> {
  const given = options.key === undefined ? undefined : givenKey(options.key);
  await ensureApplication(kymulator.store, application);
  const ca = kymulator.ca.certificate;
  const tokenUrl = await askToken(kymulator.tokenRequest(application), application, ca);
  using connector = connectorConnection(ca);
  const information = await readInformation(tokenUrl, connector);
  const key = given ?? (await newKey());
  const { chain, validTo } = await askCertificate(information, key, connector);
  const dispatcher = new Agent({ connect: { ca, cert: chain, key: keyPem(key) } });
  let closing: Promise<void> | undefined;
  const close = () => {
    closing ??= dispatcher.close();
    return closing;
  };
  return {
    application,
    certificate: chain,
    key: keyPem(key),
    ca,
    validUntil: validTo,
    urls: information.urls as PairedSystemUrls,
    dispatcher,
    close,
    [Symbol.asyncDispose]: close,
  };
}

function givenKey(pem: string): KeyObject {
  const key = readKey(pem);
  if (!key) throw userError('KEY_INVALID.option', {});
  return key;
}
