import { setImmediate } from 'node:timers/promises';

/** Goes through many things, and lets everything else of the process have its turn after every few of them. */
export async function* unhurried<T>(items: Iterable<T>): AsyncGenerator<T, void> {
  let count = 0;
  for (const item of items) {
    yield item;
    if (++count % 20 === 0) await setImmediate();
  }
}
