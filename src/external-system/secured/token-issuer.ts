import type { Clock } from '../../core/clock.ts';
import { ExpiringMap } from '../../core/expiring-map.ts';
import type { Random } from '../../core/random.ts';
import type { SystemCredentials } from './settings.ts';

export interface TokenIssuerOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: SystemCredentials;
}

/** Tokens of each kind that are known, so that they cannot fill the memory; beyond, the one used longest ago is none. */
const TOKENS = 100_000;

/** Where tokens are issued and checked; all listeners of one system share it. (external-systems §1) */
export class TokenIssuer {
  readonly credentials: SystemCredentials;
  readonly #clock: Clock;
  readonly #random: Random;
  readonly #accessTokens: ExpiringMap<true>;
  readonly #csrfTokens: ExpiringMap<true>;

  constructor({ clock, random, credentials }: TokenIssuerOptions) {
    this.#clock = clock;
    this.#random = random;
    this.credentials = credentials;
    this.#accessTokens = new ExpiringMap(clock, TOKENS);
    this.#csrfTokens = new ExpiringMap(clock, TOKENS);
  }

  /** @param lifetime milliseconds */
  issueAccessToken(lifetime: number): string {
    const token = this.#random.uuid();
    this.#accessTokens.set(token, true, this.#clock.now() + lifetime);
    return token;
  }

  isAccessToken(token: string): boolean {
    return this.#accessTokens.get(token) ?? false;
  }

  /** CSRF tokens never expire. */
  issueCsrfToken(): string {
    const token = this.#random.uuid();
    this.#csrfTokens.set(token, true, Number.POSITIVE_INFINITY);
    return token;
  }

  isCsrfToken(token: string): boolean {
    return this.#csrfTokens.get(token) ?? false;
  }

  /** Forgets all tokens. */
  clear(): void {
    this.#accessTokens.clear();
    this.#csrfTokens.clear();
  }

  /** Looks like a token, and is none. */
  fakeToken(): string {
    return this.#random.uuid();
  }
}
