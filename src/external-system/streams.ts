import { MAX_BODY_SIZE } from './body.ts';
import { fraction } from './chance.ts';
import { formatDuration } from './duration.ts';
import { withoutBody } from './echo.ts';
import {
  type Answer,
  type Endpoint,
  type EndpointExchange,
  RequestError,
  send,
  sendPlainError,
  TEXT_TYPE,
} from './exchange.ts';
import { renderJsonLine } from './json.ts';
import {
  durationOf,
  integer,
  MAX_DURATION,
  NANOSECOND,
  parameter,
  parseStatus,
  serverTiming,
  wholeNumber,
} from './parameters.ts';

/** Endpoints whose answers come in parts, with time between them. (httpbin §6) */

const MAX_LINES = 100;
/** As many of them as go-httpbin thinks to fit into the largest body. */
const MAX_EVENTS = 18_724;
const MAX_JSON_LINES = 6_096;

/** A number out of range counts as the nearest one in it. */
const clamped = (text: string, most: number) => Math.min(Math.max(integer(text, 'count'), 1), most);

/** The request once more in every line. */
function lineOf(exchange: EndpointExchange): (id: number) => string {
  const { args, headers, origin, url } = withoutBody(exchange);
  return (id) => renderJsonLine({ id, args, headers, origin, url });
}

/** `/stream/{n}` */
export const stream: Endpoint = (exchange) => {
  const lines = clamped(exchange.params.count ?? '', MAX_LINES);
  const line = lineOf(exchange);
  return send(
    TEXT_TYPE,
    (async function* () {
      for (let id = 0; id < lines; id++) yield line(id);
    })(),
  );
};

interface Schedule {
  readonly delay: number;
  readonly duration: number;
  readonly pause: number;
}

interface Defaults {
  readonly delay: string;
  readonly duration: string;
  /** The shortest duration; default: none. */
  readonly least?: number;
}

/** When the parts of an answer come, in milliseconds. @throws RequestError */
function scheduleOf({ args }: EndpointExchange, parts: number, { delay, duration, least = 0 }: Defaults): Schedule {
  const length = durationOf(parameter(args, 'duration', duration), 'duration', least);
  return {
    duration: length,
    delay: durationOf(parameter(args, 'delay', delay), 'delay'),
    pause: parts > 1 ? length / (parts - 1) : length,
  };
}

const isTooLong = ({ delay, duration }: Schedule) => delay + duration > MAX_DURATION;

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
  const count = wholeNumber(parameter(args, 'numbytes', '10'), 'numbytes', 1, MAX_BODY_SIZE, 'ParseInt');
  const status = parseStatus(parameter(args, 'code', '200'), 100, 599);
  const schedule = scheduleOf(exchange, count, { duration: '2s', delay: '2s' });
  if (isTooLong(schedule)) {
    const [first, second, limit] = [schedule.delay, schedule.duration, MAX_DURATION].map(formatDuration);
    throw new RequestError(400, `too much time: ${first}+${second} > ${limit}`);
  }
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
export const sse: Endpoint = (exchange) => {
  const text = parameter(exchange.args, 'count', '10');
  const count = integer(text, 'count');
  if (count < 1 || count > MAX_EVENTS) {
    throw new RequestError(400, `invalid count: must in range [1, ${MAX_EVENTS}]`);
  }
  const part = (id: number) => `event: ping\ndata: ${renderJsonLine({ id, timestamp: exchange.now() })}\n`;
  return events(exchange, count, part, (parts, schedule) => ({
    ...send('text/event-stream; charset=utf-8', parts, { 'Cache-Control': 'no-store' }),
    trailers: { 'Server-Timing': timing(schedule) },
  }));
};

/** `/jsonl`: the lines of `/stream`, with time between them. */
export const jsonLines: Endpoint = (exchange) => {
  const count = clamped(parameter(exchange.args, 'count', '10'), MAX_JSON_LINES);
  return events(exchange, count, lineOf(exchange), (parts) => send('application/x-ndjson; charset=utf-8', parts));
};

/** Parts with time between them, more or less of it where the client wants jitter, behind an initial delay. */
async function events(
  exchange: EndpointExchange,
  count: number,
  part: (id: number) => string,
  answer: (parts: AsyncIterable<string>, schedule: Schedule) => Answer,
): Promise<Answer> {
  const schedule = scheduleOf(exchange, count, { duration: '5s', delay: '0s', least: NANOSECOND });
  const jitter = Number(parameter(exchange.args, 'jitter', '0'));
  if (!(jitter >= 0 && jitter <= 1)) throw new RequestError(400, 'invalid jitter: must be a float in [0, 1]');
  if (isTooLong(schedule)) return sendPlainError(400, 'Too much time');
  await exchange.wait(schedule.delay);
  const pause = () => schedule.pause * (1 - jitter * fraction(exchange.random));
  return answer(paced(exchange, count, pause, part), schedule);
}

/** Each part at its time, however late the one before it was. */
async function* paced(
  { wait, now }: EndpointExchange,
  count: number,
  pause: () => number,
  part: (id: number) => string,
): AsyncGenerator<string> {
  let due = now();
  for (let id = 0; id < count; id++) {
    if (id > 0) {
      due += pause();
      await wait(Math.max(0, due - now()));
    }
    yield part(id);
  }
}
