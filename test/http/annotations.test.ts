import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { annotate, annotateCall, annotationsOf } from '../../src/http/annotations.ts';
import { setClientIdentity } from '../../src/http/client-identity.ts';
import { shownUrl } from '../../src/http/shown-url.ts';

const newRequest = () => new IncomingMessage(new Socket());

test('facts of a request come together; the latest of each counts, and other requests know nothing of them', () => {
  const [request, other] = [newRequest(), newRequest()];
  annotate(request, { part: 'validator', application: 'shop' });
  annotate(request, { part: 'registry', route: '/:application/v1/metadata/services' });
  expect(annotationsOf(request)).toEqual({
    part: 'registry',
    application: 'shop',
    route: '/:application/v1/metadata/services',
    calls: [],
  });
  expect(annotationsOf(other)).toEqual({ calls: [] });
});

test('what the client presented is one of them', () => {
  const request = newRequest();
  const verdict = { trusted: false, reason: 'expired', detail: 'expired at …' } as const;
  const certificate = { subject: [], subjectText: 'CN=shop', issuerText: '', serialNumber: '1', der: Buffer.of() };
  setClientIdentity(request, { outside: true, certificate: { ...certificate, verdict } });
  expect(annotationsOf(request).certificate).toMatchObject({ subjectText: 'CN=shop', verdict });
});

test('calls are kept in their order, and no endless number of them', () => {
  const request = newRequest();
  const target = shownUrl('http://a/');
  for (let ms = 0; ms < 100; ms++) annotateCall(request, { purpose: 'target', target, ms });
  const { calls } = annotationsOf(request);
  expect(calls.map(({ ms }) => ms)).toEqual(Array.from({ length: 20 }, (_, ms) => ms));
});

test('passwords and queries in URLs of reasons and failures are not kept', () => {
  const request = newRequest();
  const text = 'Get "https://user:pa55word@a/b?key=pa55word&x": refused (why? because)';
  annotate(request, { reason: text });
  annotateCall(request, { purpose: 'login', target: shownUrl('https://a'), ms: 1, failure: text });
  const { reason, calls } = annotationsOf(request);
  expect([reason, calls[0]?.failure]).toEqual(Array(2).fill('Get "https://***:***@a/b?…": refused (why? because)'));
});

test.each([
  ['https://user:pa55word@a.example:8443/b/c?token=x#y', 'https://a.example:8443/b/c'],
  ['http://a/', 'http://a'],
  ['HTTP://A:80/b', 'http://a/b'],
  ['http://[::1]:1/', 'http://[::1]:1'],
  ['/no/url?token=x', ''],
  ['user:pa55word', ''],
  ['', ''],
])('%s is shown as "%s"', (url, shown) => {
  expect(shownUrl(url)).toBe(shown);
});
