/**
 * The longest turn of the main thread for requests that are made to be slow to read, on every edge, at the size limit of
 * the edge: processor time, so that a busy machine changes little. No turn should take more than 100 ms.
 *
 *     node bench/turns.ts [part of a name]
 */
import process from 'node:process';
import { setTimeout } from 'node:timers/promises';
import { send } from './support/turns/call.ts';
import { Instance } from './support/turns/instance.ts';
import type { Kind } from './support/turns/kinds.ts';
import { kubernetes } from './support/turns/kubernetes.ts';
import { openEdges } from './support/turns/open-edges.ts';
import { pairedSystem } from './support/turns/paired-system.ts';

const AIM = 100;
const PATIENCE = 60_000;
/** The lesser of these counts: what the engine compiles on the way to the first answer is no property of the request. */
const ROUNDS = 2;

const wanted = process.argv[2] ?? '';
const kinds: readonly Kind[] = [...openEdges, ...pairedSystem, ...kubernetes].filter(({ name }) =>
  name.includes(wanted),
);

let instance = await Instance.start();

/** @returns milliseconds and the last status; undefined when it takes too long */
async function measure(kind: Kind): Promise<{ readonly turn: number; readonly status: string } | undefined> {
  const { access } = instance;
  const calls = kind.calls.map((call) => ({
    ...call,
    headers: { ...(call.to === 'kubernetes' && { Authorization: `Bearer ${access.token}` }), ...call.headers },
  }));
  const last = calls.pop();
  if (!last) return undefined;
  for (const call of calls) await send(access, call);
  let status = 'none yet';
  try {
    const turn = await instance.longestTurn(() => {
      const answered = send(access, last).then((answer) => {
        status = answer;
      });
      return Promise.race([answered, setTimeout(PATIENCE, undefined, { ref: false })]);
    });
    if (status !== 'none yet') return { turn, status };
    // It answers others meanwhile: what counts is how long they wait.
    await restart();
    return { turn, status };
  } catch (error) {
    console.error(`${kind.name}: ${error instanceof Error ? error.message : String(error)}`);
    await restart();
    return undefined;
  }
}

async function restart(): Promise<void> {
  await instance.stop();
  instance = await Instance.start();
}

const results: { readonly name: string; readonly turn: number; readonly status: string }[] = [];
for (const kind of kinds) {
  let best = { turn: Number.POSITIVE_INFINITY, status: 'none' };
  for (let round = 0; round < ROUNDS; round++) {
    const measured = await measure(kind);
    if (!measured) break;
    if (measured.turn < best.turn) best = measured;
  }
  results.push({ name: kind.name, ...best });
  // For who waits; the table comes at the end.
  if (process.stderr.isTTY || process.env.PROGRESS) console.error(`${Math.round(best.turn)} ms  ${kind.name}`);
}
await instance.stop();

results.sort((left, right) => right.turn - left.turn);
console.log(`${'request'.padEnd(64)}  ${'answer'.padEnd(14)}  longest turn`);
for (const { name, turn, status } of results) {
  const shown = turn === Number.POSITIVE_INFINITY ? `> ${PATIENCE} ms` : `${Math.round(turn)} ms`;
  console.log(
    `${name.padEnd(64)}  ${status.slice(0, 14).padEnd(14)}  ${shown.padStart(12)}${turn > AIM ? '  missed' : ''}`,
  );
}
const missed = results.filter(({ turn }) => turn > AIM).length;
console.log(`\n${results.length - missed} of ${results.length} within ${AIM} ms`);
