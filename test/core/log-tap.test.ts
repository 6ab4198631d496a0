import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { createLogger, silentLogger } from '../../src/core/log.ts';
import { createLogTap } from '../../src/core/log-tap.ts';

const START = Date.UTC(2026, 0, 5, 10, 0, 0);

function tap(capacity?: number) {
  const clock = new ManualClock(START);
  return { clock, ...createLogTap(silentLogger, { clock, capacity }) };
}

const messages = (lines: readonly { text: string }[]) => lines.map(({ text }) => JSON.parse(text).msg);

test('each part has its own lines, as the log itself writes them', () => {
  const { log, lines } = tap();
  log.child({ part: 'connector' }).info({ Application: 'shop' }, 'Generating token');
  log.child({ part: 'registry' }).child({ request: 7 }).warn('slow');
  log.info('ready');
  expect(lines('connector').map(({ text }) => text)).toEqual([
    '{"level":"info","time":"2026-01-05T10:00:00.000Z","part":"connector","Application":"shop","msg":"Generating token"}',
  ]);
  expect(JSON.parse(lines('registry')[0]?.text ?? '')).toMatchObject({ level: 'warn', request: 7, msg: 'slow' });
  expect(messages(lines('gateway'))).toEqual([]);
});

test('the original logger gets everything, with its details', async () => {
  const written: string[] = [];
  const original = await createLogger({
    level: 'trace',
    format: 'json',
    stream: { write: (text) => written.push(text) },
  });
  const { log } = createLogTap(original, { clock: new ManualClock(START) });
  const child = log.child({ part: 'connector' });
  for (const level of ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const) {
    child[level]('text');
    child[level]({ detail: 1 }, 'text');
  }
  expect(written).toHaveLength(12);
  expect(JSON.parse(written[5] ?? '')).toMatchObject({ level: 'info', part: 'connector', detail: 1, msg: 'text' });
});

test('the newest lines are kept, and can be chosen by number and by time', () => {
  const { clock, log, lines } = tap(10);
  const part = log.child({ part: 'p' });
  for (let index = 0; index < 105; index++) {
    part.info(String(index));
    clock.advance(1000);
  }
  const since = clock.now() - 3000;
  expect(messages(lines('p'))).toEqual(['95', '96', '97', '98', '99', '100', '101', '102', '103', '104']);
  expect(messages(lines('p', { tailLines: 2 }))).toEqual(['103', '104']);
  expect(messages(lines('p', { tailLines: 0 }))).toEqual([]);
  expect(messages(lines('p', { since }))).toEqual(['102', '103', '104']);
  expect(messages(lines('p', { since, tailLines: 1 }))).toEqual(['104']);
});

test('a follower hears new lines of its part until it stops', () => {
  const { log, follow } = tap();
  const heard: string[] = [];
  const stop = follow('p', ({ text }) => heard.push(JSON.parse(text).msg));
  log.child({ part: 'p' }).info('one');
  log.child({ part: 'other' }).info('not mine');
  log.child({ part: 'p' }).debug('too fine');
  stop();
  log.child({ part: 'p' }).info('two');
  expect(heard).toEqual(['one']);
});

test('secrets and stacks do not get into a line', () => {
  const { log, lines } = tap();
  log.child({ part: 'p' }).error({ err: new TypeError('broken'), token: 'abc', url: 'https://x?token=def' }, 'failed');
  const [line] = lines('p');
  expect(JSON.parse(line?.text ?? '').err).toEqual({ type: 'TypeError', message: 'broken' });
  expect(line?.text).not.toMatch(/abc|def|at /);
});

test('details that are no JSON do not disturb who logs them', () => {
  const { log, lines } = tap();
  const circle: Record<string, unknown> = {};
  circle.self = circle;
  log.child({ part: 'p' }).info({ circle, part: 'p' }, 'round');
  log.child({ part: 'p' }).info({ big: 1n }, 'big');
  expect(messages(lines('p'))).toEqual(['round', 'big']);
});
