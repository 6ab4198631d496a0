import { expect, test } from 'vitest';
import { nextStep, type TokenRequestStatus } from '../../../src/controllers/token-requests/token-request.ts';

const NOW = Date.UTC(2026, 0, 5, 10, 0, 0);
const status = { state: 'OK', token: '', url: '', application: 'shop', expireAfter: '2999-01-01T00:00:00Z' };

const rows: { what: string; status?: Partial<TokenRequestStatus>; deletionTimestamp?: string; step: string }[] = [
  { what: 'without status', step: 'fetch' },
  { what: 'with a token', status: { token: 'T' }, step: 'nothing' },
  { what: 'with an empty token', status: {}, step: 'fetch' },
  { what: 'whose time is this moment', status: { token: 'T', expireAfter: '2026-01-05T10:00:00Z' }, step: 'nothing' },
  { what: 'whose time was a second ago', status: { token: 'T', expireAfter: '2026-01-05T09:59:59Z' }, step: 'delete' },
  { what: 'whose time was in another zone', status: { expireAfter: '2026-01-05T10:59:59+01:00' }, step: 'delete' },
  { what: 'whose time cannot be read', status: { expireAfter: 'soon' }, step: 'fetch' },
  { what: 'that is being deleted', deletionTimestamp: '2026-01-05T10:00:00Z', step: 'nothing' },
];

test.each(rows)('for a request $what: $step', ({ status: given, deletionTimestamp, step }) => {
  const metadata = { name: 'shop', namespace: 'default', deletionTimestamp };
  const request = { apiVersion: 'v1', kind: 'TokenRequest', metadata, status: given && { ...status, ...given } };
  expect(nextStep(request, NOW)).toBe(step);
});
