/**
 * 1 800 clients that begin something and never end it, on edge after edge: when they are let go, and how long the control
 * edge takes to answer meanwhile. `npm run bench -- slow-clients`. It takes some minutes, nearly all of them waiting, and
 * needs 2 000 descriptors here (`ulimit -n`); `CLIENTS=200` takes fewer.
 */
import { connect, type Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import process from 'node:process';
import { setTimeout as wait } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { type InstanceProcess, startInstanceProcess } from '../test/support/instance-process.ts';
import { type Figure, printFigures } from './support/table.ts';

const CLIENTS = Number(process.env.CLIENTS ?? 1800);
/** Milliseconds after which a client counts as kept. */
const KEPT = 135_000;

const beginnings = {
  'a body that never ends': 'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\nbegun',
  'a head that never ends': 'GET / HTTP/1.1\r\nHost: localhost\r\nX-',
  'no word at all': '',
} as const;

/** @returns milliseconds until the server has ended the connection */
function begin(url: string, words: string): { readonly socket: Socket; readonly over: Promise<number> } {
  const { port, protocol } = new URL(url);
  const plain = connect({ port: Number(port), host: '127.0.0.1' });
  const socket = protocol === 'https:' ? connectTls({ socket: plain, rejectUnauthorized: false }) : plain;
  const began = performance.now();
  const over = new Promise<number>((resolve) => {
    for (const event of ['end', 'close']) socket.once(event, () => resolve(performance.now() - began));
  });
  for (const each of [plain, socket]) each.on('error', () => {});
  socket.resume();
  if (words) socket.write(words);
  return { socket: plain, over };
}

/** Asks the control edge again and again. @returns the milliseconds of each answer */
async function asking(control: string, isOver: () => boolean): Promise<number[]> {
  const times: number[] = [];
  while (!isOver()) {
    const began = performance.now();
    await (await fetch(`${control}/livez`, { headers: { connection: 'close' } })).text();
    times.push(performance.now() - began);
    await wait(50);
  }
  return times;
}

async function campaign(instance: InstanceProcess, name: string, what: keyof typeof beginnings): Promise<Figure[]> {
  let isOver = false;
  const asked = asking(instance.url('control'), () => isOver);
  const crowd = Array.from({ length: CLIENTS }, () => begin(instance.url(name), beginnings[what]));
  const kept = wait(KEPT, Number.POSITIVE_INFINITY, { ref: false });
  const times = await Promise.all(crowd.map(({ over }) => Promise.race([over, kept])));
  isOver = true;
  const answers = await asked;
  for (const { socket } of crowd) socket.destroy();
  const gone = times.filter(Number.isFinite).toSorted((left, right) => left - right);
  const seconds = (milliseconds = Number.NaN) => `${(milliseconds / 1000).toFixed(1)} s`;
  const longest = Math.max(...answers);
  const still = times.length - gone.length;
  return [
    { figure: `${name}: ${what}, first let go`, value: seconds(gone[0]) },
    { figure: `${name}: ${what}, last let go`, value: seconds(gone.at(-1)) },
    { figure: `${name}: ${what}, kept`, value: String(still), aim: { text: '0', met: still === 0 } },
    {
      figure: `  control edge meanwhile, longest of ${answers.length} answers`,
      value: `${Math.round(longest)} ms`,
      aim: { text: '<= 1 s', met: longest <= 1000 },
    },
  ];
}

await using instance = await startInstanceProcess();
const names = process.env.EDGES?.split(',') ?? ['internal', 'application-gateway', 'connector', 'kubernetes'];
const figures: Figure[] = [];
for (const name of names) {
  for (const what of Object.keys(beginnings) as (keyof typeof beginnings)[]) {
    figures.push(...(await campaign(instance, name, what)));
  }
}
figures.push({ figure: 'descriptors of the instance at the end', value: String(instance.descriptors()) });
printFigures(figures);
