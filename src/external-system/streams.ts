import { MAX_BODY_SIZE } from './body.ts';
import { chanceOf, fraction } from './chance.ts';
import { formatDuration } from './duration.ts';
import { withBody, withoutBody } from './echo.ts';
import { type Endpoint, type Exchange, JSON_TYPE, RequestError, send, sendJson, TEXT_TYPE } from './exchange.ts';
import { renderJsonLine } from './json.ts';
import {
  durationOf,
  MAX_DURATION,
  parameter,
  parseInteger,
  parseStatus,
  serverTiming,
  share,
  wholeNumber,
} from './parameters.ts';

/** Endpoints whose answers come in parts, with time between them. (httpbin §6) */

const MAX_LINES = 100;

/** `/stream/{n}`: a number out of range counts as the nearest one in it. */
export const stream: Endpoint = (exchange) => {
  const count = parseInteger(exchange.params.count ?? '');
  if (typeof count !== 'number') throw new RequestError(400, `invalid count: ${count.problem}`);
  const lines = Math.min(Math.max(count, 1), MAX_LINES);
  const { args, headers, origin, url } = withoutBody(exchange);
  return send(
    TEXT_TYPE,
    (async function* () {
      for (let id = 0; id < lines; id++) yield renderJsonLine({ id, args, headers, origin, url });
    })(),
  );
};

interface Schedule {
  readonly delay: number;
  readonly duration: number;
  readonly pause: number;
}

/** When the parts of an answer come, in milliseconds. @throws RequestError when that takes too long */
function scheduleOf({ args }: Exchange, parts: number, defaults: { delay: string; duration: string }): Schedule {
  const duration = durationOf(parameter(args, 'duration', defaults.duration), 'duration');
  const delay = durationOf(parameter(args, 'delay', defaults.delay), 'delay');
  if (delay + duration > MAX_DURATION) {
    const [first, second, limit] = [delay, duration, MAX_DURATION].map(formatDuration);
    throw new RequestError(400, `too much time: ${first}+${second} > ${limit}`);
  }
  return { delay, duration, pause: parts > 1 ? duration / (parts - 1) : duration };
}

const timing = ({ delay, duration, pause }: Schedule) =>
  serverTiming([
    ['total_duration', delay + duration, 'total request duration'],
    ['initial_delay', delay, 'initial delay'],
    ['write_duration', duration, 'duration of writes after initial delay'],
    ['pause_per_write', pause, 'computed pause between writes'],
  ]);

/** `/drip`: bytes one by one. */
export const drip: Endpoint = async (exchange) => {
  const { args } = exchange;
  const count = wholeNumber(parameter(args, 'numbytes', '10'), 'numbytes', 1, MAX_BODY_SIZE);
  const status = parseStatus(parameter(args, 'code', '200'), 100, 599);
  const schedule = scheduleOf(exchange, count, { duration: '2s', delay: '2s' });
  await exchange.wait(schedule.delay);
  const parts = paced(
    exchange,
    count,
    () => schedule.pause,
    () => '*',
  );
  const headers = { 'Content-Length': String(count), 'Server-Timing': timing(schedule) };
  return { ...send(TEXT_TYPE, parts, headers), status };
};

/** `/sse`: events of the kind that browsers follow. */
export const sse: Endpoint = async (exchange) => {
  const { parts, trailers } = await events(exchange, (event) => `event: ping\ndata: ${event}\n`);
  return { ...send('text/event-stream; charset=utf-8', parts, { 'Cache-Control': 'no-store' }), trailers };
};

/** `/jsonl`: the same events, one in a line. */
export const jsonLines: Endpoint = async (exchange) => {
  const { parts, trailers } = await events(exchange, (event) => event);
  return { ...send('application/x-ndjson; charset=utf-8', parts), trailers };
};

async function events(exchange: Exchange, render: (event: string) => string) {
  const { args, now } = exchange;
  const count = wholeNumber(parameter(args, 'count', '10'), 'count', 1, MAX_LINES);
  const jitter = share(parameter(args, 'jitter', '0'), 'jitter');
  const chance = chanceOf(exchange);
  const schedule = scheduleOf(exchange, count, { duration: '5s', delay: '0s' });
  await exchange.wait(schedule.delay);
  const pause = () => schedule.pause * (1 - jitter * fraction(chance));
  const part = (id: number) => render(renderJsonLine({ id, timestamp: now() }));
  return {
    parts: paced(exchange, count, pause, part),
    trailers: { 'Server-Timing': timing(schedule) },
  };
}

async function* paced(
  { wait }: Exchange,
  count: number,
  pause: () => number,
  part: (id: number) => string,
): AsyncGenerator<string> {
  for (let id = 0; id < count; id++) {
    if (id > 0) await wait(pause());
    yield part(id);
  }
}

/** Header names that cannot follow a body. */
const forbiddenTrailers = new Set(
  ['Authorization', 'Cache-Control', 'Connection', 'Content-Encoding', 'Content-Length', 'Content-Range']
    .concat(['Content-Type', 'Expect', 'Host', 'Keep-Alive', 'Max-Forwards', 'Pragma', 'Proxy-Authenticate'])
    .concat(['Proxy-Authorization', 'Proxy-Connection', 'Range', 'Te', 'Trailer', 'Transfer-Encoding'])
    .concat(['Www-Authenticate'])
    .map((name) => name.toLowerCase()),
);

/** `/trailers`: what the query says, as headers behind the body. */
export const trailers: Endpoint = async (exchange) => {
  const names = [...exchange.args.keys()].sort();
  const bad = names.find((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name) || forbiddenTrailers.has(name.toLowerCase()));
  if (bad !== undefined) throw new RequestError(400, `forbidden trailer: ${bad}`);
  const { body } = sendJson(await withBody(exchange));
  const value = (name: string) => (exchange.args.get(name) ?? []).join(', ').replace(/[^\x20-\x7e]/g, ' ');
  const answer = send(
    JSON_TYPE,
    (async function* () {
      yield String(body);
    })(),
  );
  return names.length === 0
    ? answer
    : { ...answer, trailers: Object.fromEntries(names.map((name) => [name, value(name)])) };
};
