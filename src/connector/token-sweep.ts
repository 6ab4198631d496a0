import type { Clock } from '../core/clock.ts';
import { codeOf } from '../core/errors.ts';
import type { Logger } from '../core/log.ts';
import { unhurried } from '../core/unhurried.ts';
import type { ResourceStore } from '../store/store.ts';
import { createView } from '../store/view.ts';
import { connectorToken, isExpired, type TokenResource } from './tokens.ts';

/** Milliseconds from the end of one sweep to the next. */
const INTERVAL = 60_000;

export interface TokenSweep {
  /** Ends the present sweep at the token that it is at. */
  close(): Promise<void>;
}

/**
 * Throws out tokens that have expired, from time to time and a few at a time, beside the requests: none of them pays for
 * tokens of others.
 */
export async function startTokenSweep(options: {
  readonly store: ResourceStore;
  readonly clock: Clock;
  readonly log: Logger;
}): Promise<TokenSweep> {
  const { store, clock, log } = options;
  const tokens = await createView<TokenResource>(store, connectorToken);
  let closed = false;
  let present: Promise<void> | undefined;
  let cancel = () => {};

  const sweep = async () => {
    for await (const token of unhurried(tokens.values())) {
      if (closed) return;
      if (!isExpired(token, clock)) continue;
      const { name, uid, resourceVersion } = token.metadata;
      await store.delete({ ...connectorToken, name }, { uid, resourceVersion }).catch(unlessChanged);
    }
  };
  const schedule = () => {
    cancel = clock.after(INTERVAL, () => {
      present = sweep()
        .catch((err: unknown) => log.error({ err }, 'expired tokens could not be thrown out'))
        .then(() => {
          if (!closed) schedule();
        });
    });
  };
  schedule();
  return {
    async close() {
      closed = true;
      cancel();
      await present;
      tokens.close();
    },
  };
}

/** Used up or renewed in this moment: not ours any more. */
function unlessChanged(error: unknown): void {
  if (codeOf(error) !== 'NOT_FOUND' && codeOf(error) !== 'CONFLICT') throw error;
}
