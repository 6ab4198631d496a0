import type { Clock } from '../../core/clock.ts';
import type { Random } from '../../core/random.ts';
import type { SystemCredentials } from './settings.ts';

export interface DeskOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly credentials: SystemCredentials;
}

/** CSRF tokens never expire; so that they cannot fill the memory, only this many of the latest are known. */
const MAX_CSRF_TOKENS = 100_000;

/** Where tokens are issued and checked; all listeners of one system share it. (external-systems §1) */
export class Desk {
  readonly credentials: SystemCredentials;
  readonly #clock: Clock;
  readonly #random: Random;
  /** Access tokens and when they end, in milliseconds since the epoch. */
  readonly #accessTokens = new Map<string, number>();
  readonly #csrfTokens = new Set<string>();

  constructor({ clock, random, credentials }: DeskOptions) {
    this.#clock = clock;
    this.#random = random;
    this.credentials = credentials;
  }

  /** @param lifetime milliseconds */
  issueAccessToken(lifetime: number): string {
    const now = this.#clock.now();
    for (const [token, end] of this.#accessTokens) if (end <= now) this.#accessTokens.delete(token);
    const token = this.#random.uuid();
    this.#accessTokens.set(token, now + lifetime);
    return token;
  }

  isAccessToken(token: string): boolean {
    return (this.#accessTokens.get(token) ?? Number.NEGATIVE_INFINITY) > this.#clock.now();
  }

  issueCsrfToken(): string {
    const token = this.#random.uuid();
    this.#csrfTokens.add(token);
    const [oldest] = this.#csrfTokens;
    if (oldest !== undefined && this.#csrfTokens.size > MAX_CSRF_TOKENS) this.#csrfTokens.delete(oldest);
    return token;
  }

  isCsrfToken(token: string): boolean {
    return this.#csrfTokens.has(token);
  }

  /** Looks like a token, and is none. */
  fakeToken(): string {
    return this.#random.uuid();
  }
}
