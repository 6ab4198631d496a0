import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { Desk } from '../../src/external-system/secured/desk.ts';
import { demoCredentials } from '../../src/external-system/secured/settings.ts';

const newDesk = (clock = new ManualClock(0)) => new Desk({ clock, random: systemRandom, credentials: demoCredentials });
const DAY = 24 * 60 * 60 * 1000;

/** What it costs to issue so many tokens, all of which live, in microseconds of the processor. */
function cost(desks: number, tokens: number): number {
  const all = Array.from({ length: desks }, () => newDesk());
  const begin = process.cpuUsage();
  for (const desk of all) for (let count = 0; count < tokens; count++) desk.issueAccessToken(DAY);
  const { user, system } = process.cpuUsage(begin);
  return user + system;
}

test('a token costs the same however many there are', () => {
  cost(1, 1000);
  const apart = Math.min(...[1, 2, 3].map(() => cost(20, 1000)));
  const together = Math.min(...[1, 2, 3].map(() => cost(1, 20_000)));
  expect(together / apart).toBeLessThan(5);
});

test.each(['Access', 'Csrf'] as const)('so many %s tokens are known, and those that are used stay', (kind) => {
  const desk = newDesk();
  const issue = () => (kind === 'Access' ? desk.issueAccessToken(DAY) : desk.issueCsrfToken());
  const isKnown = (token: string) => (kind === 'Access' ? desk.isAccessToken(token) : desk.isCsrfToken(token));
  const [used, unused] = [issue(), issue()];
  for (let count = 2; count < 100_000; count++) issue();
  expect(isKnown(used)).toBe(true);
  const last = issue();
  expect([used, unused, last].map(isKnown)).toEqual([true, false, true]);
});

test('nothing is known after it is cleared', () => {
  const desk = newDesk();
  const tokens = [desk.issueAccessToken(DAY), desk.issueCsrfToken()] as const;
  desk.clear();
  expect([desk.isAccessToken(tokens[0]), desk.isCsrfToken(tokens[1])]).toEqual([false, false]);
});
