import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';

/** Work that can pause: it yields after every small part of it, and returns its result. */
export type Steps<T> = Generator<void, T>;

/** Milliseconds after which everything else of the process has its turn. */
const TURN = 10;

/** Does long work in portions, with everything else of the process in between. */
export async function givingWay<T>(steps: Steps<T>): Promise<T> {
  for (let began = performance.now(); ; ) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - began < TURN) continue;
    await setImmediate();
    began = performance.now();
  }
}

/** Does the same work without a pause, for what is known to be short. */
export function atOnce<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
