import type { Call } from './call.ts';

/** One kind of request that is made to be slow to read. */
export interface Kind {
  readonly name: string;
  /** Sent one after the other; the last one is measured. Made when it is its turn. */
  readonly calls: readonly Call[];
}
