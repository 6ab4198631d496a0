import { setImmediate as turn } from 'node:timers/promises';
import { referenceOf } from '../../src/resources/resource.ts';
import type { LoggedChange } from '../../src/store/local/change-log.ts';
import type { Persistence } from '../../src/store/local/persistence.ts';

const keyOf = ({ object }: LoggedChange) => JSON.stringify(referenceOf(object));

/** Keeps changes in memory, each commit after some turns of the loop: later ones may well be done first. */
export class SlowEngine implements Persistence {
  /** What it has, by reference. */
  readonly kept = new Map<string, unknown>();
  /** What was asked of it although the same resource was under way. */
  readonly overlaps: string[] = [];
  closed = false;
  #seed = 1;
  readonly #underWay = new Set<string>();

  async commit(changes: readonly LoggedChange[]): Promise<void> {
    const keys = changes.map(keyOf);
    for (const key of keys) {
      if (this.#underWay.has(key)) this.overlaps.push(key);
      this.#underWay.add(key);
    }
    for (let left = this.#turns(); left > 0; left--) await turn();
    for (const change of changes) {
      if (change.type === 'DELETED') this.kept.delete(keyOf(change));
      else this.kept.set(keyOf(change), change.object);
    }
    for (const key of keys) this.#underWay.delete(key);
  }

  async close(): Promise<void> {
    this.closed = this.#underWay.size === 0;
  }

  /** From 0 to 4, the same in every run. */
  #turns(): number {
    this.#seed = (this.#seed * 16_807) % 2_147_483_647;
    return this.#seed % 5;
  }
}

interface Asked {
  readonly names: readonly string[];
  readonly done: () => void;
  readonly refuse: (error: Error) => void;
}

/** An engine whose every commit waits for the test. */
export class HeldEngine implements Persistence {
  readonly asked: Asked[] = [];
  closed = false;

  commit(changes: readonly LoggedChange[]): Promise<void> {
    return new Promise((done, refuse) => {
      this.asked.push({ names: changes.map(({ object }) => object.metadata.name), done, refuse });
    });
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
