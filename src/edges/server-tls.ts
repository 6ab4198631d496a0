import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import {
  RENEWAL_MARGIN,
  type ServerCertificate,
  type ServerCertificateOptions,
  serverCertificate,
} from '../pki/server-certificate.ts';
import type { Listener } from './listener.ts';

export interface ServerTlsOptions extends Omit<ServerCertificateOptions, 'now'> {
  /** The machine's clock: clients check this certificate by their own real time, also while a test travels in time. */
  readonly clock: Clock;
  readonly log: Logger;
}

/** The certificate of all TLS edges, renewed while they run. */
export interface ServerTls {
  readonly certificate: { readonly key: string; readonly cert: string };
  /** The listeners that get a renewed certificate. */
  serve(listeners: readonly Listener[]): void;
  close(): void;
}

const DAY = 24 * 60 * 60 * 1000;

export async function keepServerCertificate(options: ServerTlsOptions): Promise<ServerTls> {
  const { authority, clock, log } = options;
  // An intermediate authority goes along, so that clients who trust only its root can find the way.
  const isRoot = authority.certificate.checkIssued(authority.certificate);
  const asTls = ({ key, certificate }: ServerCertificate) => ({
    key,
    cert: isRoot ? certificate : certificate + authority.certificatePem,
  });
  let listeners: readonly Listener[] = [];
  let current = await serverCertificate({ ...options, now: clock.now() });
  let cancel = clock.after(DAY, check);

  function check(): void {
    cancel = clock.after(DAY, check);
    if (current.notAfter - clock.now() > RENEWAL_MARGIN) return;
    renew().catch((err: unknown) => log.error({ err }, 'the server certificate could not be renewed'));
  }

  async function renew(): Promise<void> {
    current = await serverCertificate({ ...options, now: clock.now() });
    for (const listener of listeners) listener.renew(asTls(current));
    log.info('the server certificate was renewed');
  }

  return {
    certificate: asTls(current),
    serve: (edges) => {
      listeners = edges;
    },
    close: () => cancel(),
  };
}
