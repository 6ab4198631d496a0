import { performance } from 'node:perf_hooks';

export const median = (values: readonly number[]): number =>
  values.toSorted((left, right) => left - right)[values.length >> 1] ?? Number.NaN;

export interface Comparison {
  /** Medians of the rounds. */
  readonly value: number;
  readonly baseline: number;
  /** The median of the rounds' ratios, which a slow drift of the machine does not reach. */
  readonly ratio: number;
}

/** Measures a thing and its baseline in turn, after one round of each that does not count. */
export async function compare(
  rounds: number,
  measure: () => Promise<number>,
  measureBaseline: () => Promise<number>,
): Promise<Comparison> {
  await measure();
  await measureBaseline();
  const values: number[] = [];
  const baselines: number[] = [];
  for (let round = 0; round < rounds; round++) {
    if (round % 2 === 0) values.push(await measure());
    baselines.push(await measureBaseline());
    if (round % 2 === 1) values.push(await measure());
  }
  return {
    value: median(values),
    baseline: median(baselines),
    ratio: median(values.map((value, round) => value / (baselines[round] ?? Number.NaN))),
  };
}

/** How often per second the work gets done by so many that do it one after another. */
export async function rateOf(milliseconds: number, workers: number, work: (worker: number) => Promise<unknown>) {
  const began = performance.now();
  let done = 0;
  await Promise.all(
    Array.from({ length: workers }, async (_, worker) => {
      while (performance.now() - began < milliseconds) {
        await work(worker);
        done++;
      }
    }),
  );
  return (done / (performance.now() - began)) * 1000;
}

/** The same for work that needs no waiting; it is done `batch` times between two looks at the time. */
export function syncRateOf(milliseconds: number, batch: number, work: () => unknown): number {
  const began = performance.now();
  let done = 0;
  while (performance.now() - began < milliseconds) {
    for (let count = 0; count < batch; count++) work();
    done += batch;
  }
  return (done / (performance.now() - began)) * 1000;
}
