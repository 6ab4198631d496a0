import { ManualClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { createExternalSystemSites } from '../../src/external-system/system.ts';
import { type Ask, ask, serve, type Told } from './serve.ts';

export interface StartedSystem {
  readonly clock: ManualClock;
  /** Asks what stands on plain HTTP. */
  readonly http: (request: Ask) => Promise<Told>;
  /** Asks what stands behind mutual TLS, here without any TLS. */
  readonly mutualTls: (request: Ask) => Promise<Told>;
  /** A token, got with the client secret. */
  token(path?: string): Promise<string>;
  /** Header and cookie of a CSRF token. */
  csrf(path?: string): Promise<Record<string, string>>;
}

export const form = { 'Content-Type': 'application/x-www-form-urlencoded' };
export const client = 'client_id=clientID&client_secret=clientSecret&grant_type=client_credentials';
export const basic = (text = 'user:passwd') => `Basic ${Buffer.from(text).toString('base64')}`;

/** An external system on ports of its own. */
export async function startSystem(): Promise<StartedSystem> {
  const clock = new ManualClock(0);
  const system = createExternalSystemSites({ clock, random: systemRandom });
  const [httpPort, tlsPort] = await Promise.all([serve(system.http), serve(system.mutualTls)]);
  const http = (request: Ask) => ask(httpPort, request);
  return {
    clock,
    http,
    mutualTls: (request) => ask(tlsPort, request),
    async token(path = '/v1/api/oauth/token') {
      const answer = await http({ method: 'POST', path, headers: form, body: client });
      return (answer.json() as { access_token: string }).access_token;
    },
    async csrf(path = '/v1/api/csrf/token') {
      const { headers } = await http({ path });
      return { 'X-CSRF-Token': String(headers['x-csrf-token']), Cookie: String(headers['set-cookie']?.[0]) };
    },
  };
}
