import { codeOf, messageOf } from '../../core/errors.ts';
import { tokenRequestKind } from '../../resources/kinds.ts';
import { referenceOf, type Stored } from '../../resources/resource.ts';
import { modify } from '../../store/modify.ts';
import { createView } from '../../store/view.ts';
import type { Controller, ControllerOptions } from '../controller.ts';
import {
  contextOf,
  type IssuedToken,
  nextStep,
  statusOf,
  type TokenContext,
  type TokenRequest,
} from './token-request.ts';

export interface TokenRequestControllerOptions extends ControllerOptions {
  /**
   * Asks the Connector Service for a token. Rejected when it cannot be reached or does not answer in JSON; a refusal is
   * an answer with empty texts. The signal is aborted when the controller closes.
   */
  readonly requestToken: (application: string, context: TokenContext, signal: AbortSignal) => Promise<IssuedToken>;
  /** How long a request stays after its token was fetched, in milliseconds; default 5 minutes. */
  readonly tokenTtl?: number | undefined;
  /** How often all requests are looked at again, in milliseconds; default 30 seconds. */
  readonly syncPeriod?: number | undefined;
}

/**
 * Fetches a token for every TokenRequest and deletes the request some time later, as Kyma's connection token handler
 * does. (connector-service §8)
 * @returns when the requests that are there already are being looked at
 */
export async function createTokenRequestController(options: TokenRequestControllerOptions): Promise<Controller> {
  const { store, clock, syncPeriod = 30_000 } = options;
  const handler = new Handler(options);
  const requests = await createView<TokenRequest>(store, tokenRequestKind);
  /** Absent while there is no request: a clock that jumps years must not run millions of syncs over nothing. */
  let stopTimer: (() => void) | undefined;
  const sync = () => {
    stopTimer = requests.size > 0 ? clock.after(syncPeriod, sync) : undefined;
    for (const request of requests.values()) handler.look(request);
  };
  requests.onChange(({ type, object }) => {
    if (type === 'DELETED') return;
    stopTimer ??= clock.after(syncPeriod, sync);
    handler.look(object);
  });
  sync();

  return {
    async close() {
      stopTimer?.();
      requests.close();
      await handler.close();
    },
  };
}

class Handler {
  readonly #options: TokenRequestControllerOptions;
  readonly #closing = new AbortController();
  /**
   * Work under way, by uid: one request is worked on once at a time. Changes meanwhile, among them our own, are not
   * looked at before the next sync; a request that was refused would else be asked for without end.
   */
  readonly #busy = new Map<string, Promise<void>>();

  constructor(options: TokenRequestControllerOptions) {
    this.#options = options;
  }

  /** Does what the request needs now. */
  look(request: Stored<TokenRequest>): void {
    const { uid } = request.metadata;
    if (this.#busy.has(uid) || this.#closing.signal.aborted) return;
    const step = nextStep(request, this.#options.clock.now());
    if (step === 'nothing') return;
    const work = (step === 'delete' ? this.#delete(request) : this.#fetch(request))
      .catch((thrown: unknown) => this.#report(request, thrown))
      .finally(() => this.#busy.delete(uid));
    this.#busy.set(uid, work);
  }

  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#busy.values());
  }

  async #delete(request: Stored<TokenRequest>): Promise<void> {
    const { uid, resourceVersion } = request.metadata;
    await this.#options.store.delete(referenceOf(request), { uid, resourceVersion });
  }

  async #fetch(request: Stored<TokenRequest>): Promise<void> {
    const { store, clock, requestToken, tokenTtl = 300_000 } = this.#options;
    const { name, uid } = request.metadata;
    const issued = await requestToken(name, contextOf(request), this.#closing.signal);
    if (this.#closing.signal.aborted) return;
    await modify<TokenRequest>(store, referenceOf(request), (current) => {
      // Meanwhile another replica may have answered, or somebody may have replaced the request by a new one.
      const isOurs = current.metadata.uid === uid && nextStep(current, clock.now()) === 'fetch';
      return isOurs ? { ...current, status: statusOf(name, issued, clock.now() + tokenTtl) } : current;
    });
  }

  /** Requests that were changed or deleted meanwhile are no failure; they are seen again if they are still there. */
  #report({ metadata }: TokenRequest, thrown: unknown): void {
    const expected = ['NOT_FOUND', 'CONFLICT', 'STORE_CLOSED'].includes(codeOf(thrown) ?? '');
    if (expected || this.#closing.signal.aborted) return;
    const { name, namespace } = metadata;
    this.#options.log.warn(
      { TokenRequest: name, namespace, reason: messageOf(thrown) },
      'no token for a TokenRequest yet; it is tried again',
    );
  }
}
