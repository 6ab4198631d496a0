import { afterAll } from 'vitest';

/** Counts the rows of the contract that a file has run, and says so at its end. */
export function countRows(what: string): { ran(rows?: number): void } {
  let count = 0;
  afterAll(() => console.info(`${what}: ${count} contract rows ran`));
  return {
    ran(rows = 1) {
      count += rows;
    },
  };
}
