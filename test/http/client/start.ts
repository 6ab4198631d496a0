import { onTestFinished } from 'vitest';
import { type Clock, systemClock } from '../../../src/core/clock.ts';
import { parseGoUrl } from '../../../src/go/url.ts';
import { createHttpClient, type HttpClient } from '../../../src/http/client/client.ts';
import type { CallRules, ClientAnswer, ClientRequest } from '../../../src/http/client/request.ts';
import { verified } from '../../../src/http/client/tls.ts';

export interface StartOptions extends Partial<CallRules> {
  readonly clock?: Clock;
  readonly trustedCertificates?: readonly string[];
}

export interface Started {
  readonly client: HttpClient;
  ask(url: string, request?: Partial<ClientRequest>): Promise<ClientAnswer>;
}

/** A client that ends with the test. It allows ten seconds and a million bytes. */
export function startClient({ clock = systemClock, trustedCertificates = [], ...rules }: StartOptions = {}): Started {
  const client = createHttpClient({ clock, trustedCertificates });
  onTestFinished(() => client.close());
  const ask = client.asking({ timeout: { milliseconds: 10_000, text: 'too late' }, maxSize: 1_000_000, ...rules });
  return {
    client,
    ask: (url, request) => ask({ method: 'GET', url: parseGoUrl(url), headers: [], identity: verified, ...request }),
  };
}
