import type { Clock } from '../../core/clock.ts';
import type { Stored } from '../../resources/resource.ts';
import { badRequest, expired } from '../wire/status.ts';

/** Lists that clients are reading page by page are kept as they were at the first page. (kubernetes-api §6.1) */

interface Snapshot {
  readonly items: readonly Stored[];
  readonly revision: string;
  readonly at: number;
}

interface Token {
  readonly rv: string;
  readonly start: number;
}

export interface Page {
  readonly items: readonly Stored[];
  readonly revision: string;
  /** Absent on the last page. */
  readonly continueToken?: string | undefined;
  readonly remaining: number;
}

const KEPT = 200;
const LIFETIME = 5 * 60_000;
const TOO_OLD =
  'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter.';

/** The snapshots of one instance. Resources share what did not change, so a snapshot costs little more than its list. */
export class Pages {
  readonly #clock: Clock;
  readonly #snapshots = new Map<string, Snapshot>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The first page of a list. @param query what the list was asked with, besides limit and continue */
  first(query: string, items: readonly Stored[], revision: string, limit: number): Page {
    if (items.length <= limit) return { items, revision, remaining: 0 };
    this.#keep(keyOf(query, revision), { items, revision, at: this.#clock.now() });
    return page({ items, revision, at: 0 }, 0, limit);
  }

  /** A later page. @throws ApiError 400 for a token that is none, 410 when its list is not kept any more */
  next(query: string, continueToken: string, limit: number): Page {
    const { rv, start } = parseToken(continueToken);
    const snapshot = this.#snapshots.get(keyOf(query, rv));
    if (!snapshot || snapshot.at + LIFETIME < this.#clock.now()) throw expired(TOO_OLD);
    return page(snapshot, start, limit);
  }

  close(): void {
    this.#snapshots.clear();
  }

  #keep(key: string, snapshot: Snapshot): void {
    this.#snapshots.delete(key);
    this.#snapshots.set(key, snapshot);
    for (const [oldest, { at }] of this.#snapshots) {
      if (this.#snapshots.size <= KEPT && at + LIFETIME >= snapshot.at) break;
      this.#snapshots.delete(oldest);
    }
  }
}

const keyOf = (query: string, revision: string) => `${revision} ${query}`;

function page({ items, revision }: Snapshot, start: number, limit: number): Page {
  const end = Math.min(items.length, start + limit);
  const remaining = items.length - end;
  return {
    items: items.slice(start, end),
    revision,
    remaining,
    continueToken: remaining > 0 ? writeToken({ rv: revision, start: end }) : undefined,
  };
}

const writeToken = (token: Token) =>
  Buffer.from(JSON.stringify({ v: 'meta.k8s.io/v1', ...token })).toString('base64url');

function parseToken(text: string): Token {
  try {
    const { rv, start } = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as Partial<Token>;
    if (typeof rv === 'string' && Number.isInteger(start) && Number(start) >= 0) return { rv, start: Number(start) };
  } catch {
    // Said below.
  }
  throw badRequest('continue key is not valid: it is not one of this server');
}
