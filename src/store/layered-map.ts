/** A map that stays as it is. Its next version shares most of it, so making that costs what changes, not what is there. */
export class LayeredMap<V> {
  readonly size: number;
  readonly #base: ReadonlyMap<string, V>;
  /** What is different from the base; undefined: not there any more. */
  readonly #changed: ReadonlyMap<string, V | undefined>;

  constructor(base: ReadonlyMap<string, V> = new Map(), changed: ReadonlyMap<string, V | undefined> = new Map()) {
    this.#base = base;
    this.#changed = changed;
    let size = base.size;
    for (const [key, value] of changed) size += Number(value !== undefined) - Number(base.has(key));
    this.size = size;
  }

  get(key: string): V | undefined {
    const changed = this.#changed.get(key);
    return changed === undefined && !this.#changed.has(key) ? this.#base.get(key) : changed;
  }

  /** @param changes what is to be there under some keys; undefined: nothing */
  with(changes: ReadonlyMap<string, V | undefined>): LayeredMap<V> {
    const changed = new Map([...this.#changed, ...changes]);
    // Each version copies what has changed, and now and then one copies all: together that is least about here.
    if (changed.size < 64 + 2 * Math.sqrt(this.#base.size)) return new LayeredMap(this.#base, changed);
    const base = new Map(this.#base);
    for (const [key, value] of changed) {
      if (value === undefined) base.delete(key);
      else base.set(key, value);
    }
    return new LayeredMap(base);
  }
}
