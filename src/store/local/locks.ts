/** Work on the same thing is done in the order in which it came; work that finds nothing to wait for starts at once. */
export class Locks {
  readonly #tails = new Map<string, Promise<void>>();

  /** @param keys what the work is on; the result is no promise when the work's is none and nothing had to be awaited */
  run<T>(keys: readonly string[], work: () => T | Promise<T>): T | Promise<T> {
    const before = this.#tails.size === 0 ? [] : keys.flatMap((key) => this.#tails.get(key) ?? []);
    const result = before.length === 0 ? work() : Promise.all(before).then(work);
    if (result instanceof Promise) this.#hold(keys, result.then(ignore, ignore));
    return result;
  }

  #hold(keys: readonly string[], tail: Promise<void>): void {
    for (const key of keys) this.#tails.set(key, tail);
    void tail.then(() => {
      for (const key of keys) if (this.#tails.get(key) === tail) this.#tails.delete(key);
    });
  }
}

const ignore = () => {};
