/**
 * Damages signing requests for as many seconds as `SECONDS` says (default 60) and looks for answers that are none of the
 * contract's. `npm run bench -- signing-requests`; `SEED=1` repeats a run. Ends with 1 when one is found, and prints it.
 */
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { damagedBody, goodRequests, outcomeOf, signers } from '../test/support/damaged-requests.ts';
import { seededPick } from '../test/support/der-mutations.ts';

const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
const until = performance.now() + Number(process.env.SECONDS ?? 60) * 1000;
const pick = seededPick(seed);
const requests = goodRequests();
const both = await signers();
const counts = new Map<string, number>();
while (performance.now() < until) {
  const body = damagedBody(requests[pick(requests.length)] as Buffer, pick);
  const outcome = await outcomeOf(both[pick(both.length)] as (typeof both)[number], body);
  counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  if (!outcome.includes(' ')) continue;
  console.log(outcome, body);
  process.exitCode = 1;
}
console.log(`seed ${seed}`, Object.fromEntries(counts));
