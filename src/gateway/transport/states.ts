/**
 * Forwarding is four small state machines: a call, and within it its attempts, the client's body and the answer. The
 * tables hold every transition that there is.
 */

/**
 * A call: one request of a client, until its answer is through.
 *
 *      ┌──────── refused, is made once more ───────┐
 *      ▼                                           │
 *   authenticating ────────────────────────────▶ calling ──▶ answering ──▶ answered
 *      └──▶ overdue                                │             │            │
 *      └───────┴───────────────────────────────────┴─────────────┴────────────┴──▶ over
 *
 * - `authenticating`: the gateway logs in; no time passes unless something has to be fetched.
 * - `overdue`: the same, and the target's time is up. Fetching has a limit of its own, so that it is waited for.
 * - `calling`: the target is called, or will be as soon as the body is there.
 * - `answering`: the target has begun to answer, and the client gets it.
 * - `answered`: the target has said everything. The client may still be reading.
 * - `over`: failed or broken off. Whatever the target still does is of no interest.
 */
export type CallState = keyof typeof callStates;
export const callStates = {
  authenticating: ['overdue', 'calling', 'over'],
  overdue: ['over'],
  calling: ['authenticating', 'answering', 'over'],
  answering: ['answered', 'over'],
  answered: ['over'],
  over: [],
} as const;

/**
 * An attempt: one request to the target.
 *
 *   waiting ──▶ delivering ──▶ ended
 *      ├─────▶ discarding ──────┤
 *      └────────────────────────┘
 *
 * - `waiting`: there is no answer yet, at most interim ones.
 * - `delivering`: the answer is the client's.
 * - `discarding`: nobody gets the answer, since the call is made once more.
 */
export type AttemptState = keyof typeof attemptStates;
export const attemptStates = {
  waiting: ['delivering', 'discarding', 'ended'],
  delivering: ['ended'],
  discarding: ['ended'],
  ended: [],
} as const;

/**
 * The client's body on its way to the target.
 *
 *   unread ──▶ collecting ──▶ flowing ◀──▶ held
 *      ├────────────────────────┘ │          │
 *      └─ from all ───────────────┴──────────┴──▶ closed
 *
 * - `collecting`: it is read to its end before the target is called, which only `--quirks` does.
 * - `flowing`: the target gets it as it comes.
 * - `held`: the attempt that got it was refused, and the next one is not there yet.
 */
export type BodyState = keyof typeof bodyStates;
export const bodyStates = {
  unread: ['collecting', 'flowing', 'closed'],
  collecting: ['flowing', 'closed'],
  flowing: ['held', 'closed'],
  held: ['flowing', 'closed'],
  closed: [],
} as const;

/**
 * The answer on its way to the client.
 *
 *   waiting ──▶ untyped ──▶ flowing ──▶ ended
 *      └────────────────────┘ │          │
 *      └─ from all ───────────┴──────────┴──▶ stopped
 *
 * - `untyped`: its head waits for the first bytes, from which the content type is guessed.
 * - `ended`: the client gets what there still is, and nothing is added.
 * - `stopped`: nothing more is written.
 */
export type AnswerState = keyof typeof answerStates;
export const answerStates = {
  waiting: ['untyped', 'flowing', 'stopped'],
  untyped: ['flowing', 'stopped'],
  flowing: ['ended', 'stopped'],
  ended: ['stopped'],
  stopped: [],
} as const;

type Transitions<S extends string> = Readonly<Record<S, readonly S[]>>;

/**
 * @returns the new state
 * @throws Error for a transition that the table does not have, which is a mistake of ours
 */
export function transition<S extends string>(table: Transitions<S>, from: S, to: S): S {
  if (!table[from].includes(to)) throw new Error(`no transition leads from "${from}" to "${to}"`);
  return to;
}
