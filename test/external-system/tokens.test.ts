import { expect, test } from 'vitest';
import { ManualClock } from '../../src/core/clock.ts';
import { systemRandom } from '../../src/core/random.ts';
import { demoCredentials } from '../../src/external-system/secured/settings.ts';
import { TokenIssuer } from '../../src/external-system/secured/token-issuer.ts';

const newIssuer = (clock = new ManualClock(0)) =>
  new TokenIssuer({ clock, random: systemRandom, credentials: demoCredentials });
const DAY = 24 * 60 * 60 * 1000;

/** What it costs to issue so many tokens, all of which live, in microseconds of the processor. */
function cost(issuers: number, tokens: number): number {
  const all = Array.from({ length: issuers }, () => newIssuer());
  const begin = process.cpuUsage();
  for (const issuer of all) for (let count = 0; count < tokens; count++) issuer.issueAccessToken(DAY);
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
  const issuer = newIssuer();
  const issue = () => (kind === 'Access' ? issuer.issueAccessToken(DAY) : issuer.issueCsrfToken());
  const isKnown = (token: string) => (kind === 'Access' ? issuer.isAccessToken(token) : issuer.isCsrfToken(token));
  const [used, unused] = [issue(), issue()];
  for (let count = 2; count < 100_000; count++) issue();
  expect(isKnown(used)).toBe(true);
  const last = issue();
  expect([used, unused, last].map(isKnown)).toEqual([true, false, true]);
});

test('nothing is known after it is cleared', () => {
  const issuer = newIssuer();
  const tokens = [issuer.issueAccessToken(DAY), issuer.issueCsrfToken()] as const;
  issuer.clear();
  expect([issuer.isAccessToken(tokens[0]), issuer.isCsrfToken(tokens[1])]).toEqual([false, false]);
});
