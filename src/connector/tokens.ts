import { createHash, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { codeOf } from '../core/errors.ts';
import type { Random } from '../core/random.ts';
import { encodeBase64Url } from '../go/base64.ts';
import type { KindReference, Resource, Stored } from '../resources/resource.ts';
import type { ResourceStore } from '../store/store.ts';

/** Whom a token was made for. Empty texts where the kind of client has no such name. */
export interface ClientContext {
  readonly application: string;
  readonly tenant: string;
  readonly group: string;
}

/** A live token that somebody presented. Of many concurrent `rotate` and `claim` calls exactly one succeeds. */
export interface Ticket {
  readonly context: ClientContext;
  /** Replaces the token by a new one with a full life. @returns undefined when another request was faster */
  rotate(): Promise<string | undefined>;
  /** Uses the token up. @returns false when another request was faster */
  claim(): Promise<boolean>;
  /** Gives a claimed token back, with the life that it had left. */
  restore(): Promise<void>;
}

export interface TokenBook {
  /** @param ttl milliseconds; zero or less is read as the generation reads it */
  issue(context: ClientContext, ttl: number): Promise<string>;
  /** @returns undefined for a token that is unknown, used, expired or somebody else's */
  find(token: string, name?: string): Promise<Ticket | undefined>;
}

/** Kymulator's own kind: Kyma keeps tokens in the memory of the process, where a restart loses them. */
export const connectorToken: KindReference = { apiVersion: 'kymulator.local/v1', kind: 'ConnectorToken' };

export interface TokenResource extends Resource {
  readonly spec: {
    readonly context: ClientContext;
    /** SHA-256 of the token: the store never sees the token itself. */
    readonly digest: string;
    /** Milliseconds a renewed token lives; null means for ever. */
    readonly ttl: number | null;
    /** Milliseconds since the epoch; null means never. */
    readonly expiresAt: number | null;
  };
}

export interface TokenBookOptions {
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly random: Random;
}

const TOKEN_BYTES = 64;
const DEFAULT_TTL = 5 * 60_000;

/** 64 random bytes as 88 characters of URL-safe base64 with padding. (connector-service §2.4) */
const newToken = (random: Random) => encodeBase64Url(random.bytes(TOKEN_BYTES));

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex');

/** Whether a token is of no use any more. */
export const isExpired = ({ spec }: TokenResource, clock: Clock) =>
  spec.expiresAt !== null && spec.expiresAt <= clock.now();

abstract class StoredTokens {
  protected readonly options: TokenBookOptions;

  constructor(options: TokenBookOptions) {
    this.options = options;
  }

  protected resource(name: string, token: string, context: ClientContext, ttl: number | null): TokenResource {
    const expiresAt = ttl === null ? null : this.options.clock.now() + ttl;
    return { ...connectorToken, metadata: { name }, spec: { context, digest: digestOf(token), ttl, expiresAt } };
  }

  protected async live(name: string, token: string): Promise<Stored<TokenResource> | undefined> {
    const found = await this.options.store.get<TokenResource>({ ...connectorToken, name });
    if (!found || isExpired(found, this.options.clock)) return undefined;
    const same = timingSafeEqual(Buffer.from(found.spec.digest, 'hex'), Buffer.from(digestOf(token), 'hex'));
    return same ? found : undefined;
  }

  protected async claim(found: Stored<TokenResource>): Promise<boolean> {
    const { uid, resourceVersion } = found.metadata;
    return wins(this.options.store.delete({ ...connectorToken, name: found.metadata.name }, { uid, resourceVersion }));
  }

  /** A token that came in while the claim was held stays: it is the newer one. */
  protected async restore({ metadata, spec }: Stored<TokenResource>): Promise<void> {
    await wins(
      this.options.store.create<TokenResource>({ ...connectorToken, metadata: { name: metadata.name }, spec }),
    );
  }
}

/** True when the write went through, false when another one was first. */
async function wins(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'CONFLICT' || code === 'NOT_FOUND' || code === 'ALREADY_EXISTS') return false;
    throw thrown;
  }
}

/** 2018: one live token for a name, each new one replaces it. (connector-service §3.4) */
export class NamedTokens extends StoredTokens implements TokenBook {
  async issue(context: ClientContext, ttl: number): Promise<string> {
    const token = newToken(this.options.random);
    const resource = this.resource(nameFor(context.application), token, context, ttl > 0 ? ttl : null);
    while (!(await wins(this.options.store.create(resource))) && !(await wins(this.options.store.update(resource)))) {
      // Created and used up between the two: the next turn creates it.
    }
    return token;
  }

  async find(token: string, name = ''): Promise<Ticket | undefined> {
    const found = await this.live(nameFor(name), token);
    if (!found) return undefined;
    const { context, ttl } = found.spec;
    return {
      context,
      rotate: async () => {
        const next = newToken(this.options.random);
        const { name, resourceVersion } = found.metadata;
        const resource = this.resource(name, next, context, ttl);
        const won = await wins(
          this.options.store.update({ ...resource, metadata: { name, resourceVersion } } as TokenResource),
        );
        return won ? next : undefined;
      },
      claim: () => this.claim(found),
      restore: () => this.restore(found),
    };
  }
}

const nameFor = (application: string) => `name-${digestOf(application)}`;

/** From 0.7: tokens stand for themselves, several of one client may be live. (connector-service §4.5) */
export class FreeTokens extends StoredTokens implements TokenBook {
  async issue(context: ClientContext, ttl: number): Promise<string> {
    return this.#add(context, ttl === 0 ? DEFAULT_TTL : ttl < 0 ? null : ttl);
  }

  async #add(context: ClientContext, ttl: number | null): Promise<string> {
    const token = newToken(this.options.random);
    await this.options.store.create(this.resource(`token-${digestOf(token)}`, token, context, ttl));
    return token;
  }

  async find(token: string): Promise<Ticket | undefined> {
    const found = await this.live(`token-${digestOf(token)}`, token);
    if (!found) return undefined;
    const { context, ttl } = found.spec;
    return {
      context,
      rotate: async () => {
        if (!(await this.claim(found))) return undefined;
        try {
          return await this.#add(context, ttl);
        } catch (thrown) {
          await this.restore(found);
          throw thrown;
        }
      },
      claim: () => this.claim(found),
      restore: () => this.restore(found),
    };
  }
}
