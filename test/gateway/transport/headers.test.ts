import { describe, expect, test } from 'vitest';
import type { Behaviour } from '../../../src/gateway/releases/behaviour.ts';
import { centralGateway } from '../../../src/gateway/releases/central.ts';
import { hostGateways } from '../../../src/gateway/releases/per-application.ts';
import { requestHeaders, responseHeaders } from '../../../src/gateway/transport/headers.ts';
import { canonicalName } from '../../../src/go/header-name.ts';

interface Options {
  readonly method?: string;
  readonly behaviour?: Behaviour;
  readonly clientAddress?: string;
}

/** What the target gets besides `Host`, with `Accept-Encoding` taken as given unless the test is about it. */
function sent(raw: string[], { method = 'GET', behaviour = centralGateway, clientAddress = '10.0.0.9' }: Options = {}) {
  return requestHeaders(raw, { method, host: 't:81', clientAddress, behaviour });
}
const withoutHost = (raw: string[]) => sent([...raw, 'Accept-Encoding', 'br']).headers.slice(2);
const after = ['Accept-Encoding', 'br', 'X-Forwarded-For', '10.0.0.9'];

describe('request headers', () => {
  test.each<[string, string[], string[]]>([
    ['Host is the target', ['Host', 'gateway'], [...after]],
    ['names become canonical', ['x-lower-CASE', '1'], ['X-Lower-Case', '1', ...after]],
    ['repeated headers stay apart', ['X-A', '1', 'X-A', '2'], ['X-A', '1', 'X-A', '2', ...after]],
    [
      'hop-by-hop headers are removed',
      [
        'Connection',
        'keep-alive',
        'Keep-Alive',
        '1',
        'Proxy-Connection',
        '1',
        'Proxy-Authenticate',
        '1',
        'Proxy-Authorization',
        '1',
        'Trailer',
        'T',
        'Upgrade',
        'x',
        'TE',
        'gzip',
      ],
      [...after],
    ],
    [
      'headers named by Connection are removed',
      ['Connection', 'close, X-A', 'X-A', '1', 'X-B', '2'],
      ['X-B', '2', ...after],
    ],
    [
      'Connection cannot remove the length',
      ['Connection', 'content-length', 'Content-Length', '3'],
      ['Content-Length', '3', ...after],
    ],
    [
      'Te keeps trailers',
      ['TE', 'gzip, trailers;q=1'],
      ['Accept-Encoding', 'br', 'Te', 'trailers', 'X-Forwarded-For', '10.0.0.9'],
    ],
    [
      'Trailer of a chunked upload goes on',
      ['Transfer-Encoding', 'chunked', 'Trailer', 'X-T'],
      ['Accept-Encoding', 'br', 'Trailer', 'X-T', 'X-Forwarded-For', '10.0.0.9'],
    ],
    ['an empty User-Agent is dropped', ['User-Agent', ''], [...after]],
    ['a User-Agent is passed', ['User-Agent', 'demo'], ['User-Agent', 'demo', ...after]],
    ['Authorization is passed', ['Authorization', 'Basic x'], ['Authorization', 'Basic x', ...after]],
    [
      'Access-Token replaces Authorization',
      ['Authorization', 'Basic x', 'access-token', 'Bearer y'],
      [...after, 'Authorization', 'Bearer y'],
    ],
    [
      'the first Access-Token counts',
      ['Access-Token', 'Bearer y', 'Access-Token', 'Bearer z'],
      [...after, 'Authorization', 'Bearer y'],
    ],
    ['an empty Access-Token is passed', ['Access-Token', ''], ['Access-Token', '', ...after]],
    ['of several User-Agents the first counts', ['User-Agent', 'a', 'User-Agent', 'b'], ['User-Agent', 'a', ...after]],
    [
      'forwarding headers are passed',
      [
        'X-Forwarded-Proto',
        'https',
        'X-Forwarded-Host',
        'h',
        'X-Forwarded-Client-Cert',
        'c',
        'Forwarded',
        'f',
        'Via',
        'v',
      ],
      [
        'X-Forwarded-Proto',
        'https',
        'X-Forwarded-Host',
        'h',
        'X-Forwarded-Client-Cert',
        'c',
        'Forwarded',
        'f',
        'Via',
        'v',
        ...after,
      ],
    ],
    ['Expect is not passed', ['Expect', '100-continue'], [...after]],
  ])('%s', (_, raw, expected) => {
    expect(withoutHost(raw)).toEqual(expected);
    expect(sent(raw).headers.slice(0, 2)).toEqual(['Host', 't:81']);
  });

  test.each([
    [[], '::ffff:10.0.0.9', centralGateway, '10.0.0.9'],
    [['X-Forwarded-For', '1.1.1.1, 2.2.2.2'], '10.0.0.9', centralGateway, '1.1.1.1, 2.2.2.2, 10.0.0.9'],
    [['X-Forwarded-For', '1.1.1.1', 'x-forwarded-for', '2.2.2.2'], '::1', centralGateway, '1.1.1.1, 2.2.2.2, ::1'],
    [['X-Forwarded-For', '1.1.1.1'], '10.0.0.9', hostGateways.application, '10.0.0.9'],
  ])('the caller of %j at %s becomes part of X-Forwarded-For', (raw, clientAddress, behaviour, expected) => {
    const { headers } = sent(raw, { clientAddress, behaviour });
    expect(headers[headers.indexOf('X-Forwarded-For') + 1]).toBe(expected);
  });

  test('the gateways of one Application drop what other proxies said', () => {
    const { headers } = sent(['X-Forwarded-Proto', 'https', 'X-Forwarded-Client-Cert', 'c'], {
      behaviour: hostGateways.application,
    });
    expect(headers).toEqual(['Host', 't:81', 'X-Forwarded-For', '10.0.0.9', 'Accept-Encoding', 'gzip']);
  });

  test.each<[string[], string, boolean, string | undefined]>([
    [[], 'GET', true, 'gzip'],
    [['Accept-Encoding', ''], 'GET', true, 'gzip'],
    [['Accept-Encoding', 'br'], 'GET', false, 'br'],
    [['Range', 'bytes=0-1'], 'GET', false, undefined],
    [[], 'HEAD', false, undefined],
  ])('gzip is asked for when %j with %s leaves room: %j', (raw, method, unpack, expected) => {
    const result = sent(raw, { method });
    expect(result.unpack).toBe(unpack);
    const at = result.headers.indexOf('Accept-Encoding');
    expect(at < 0 ? undefined : result.headers[at + 1]).toBe(expected);
    expect(result.headers.filter((name) => name === 'Accept-Encoding').length).toBe(at < 0 ? 0 : 1);
  });
});

describe('response headers', () => {
  const today: Behaviour = centralGateway;
  const got = (raw: string[], status = 200, { behaviour = today, method = 'GET', unpack = false } = {}) =>
    responseHeaders(raw, {
      status,
      method,
      behaviour,
      unpack,
      clientTakesTrailers: true,
      rewriteLocation: (location) => (location.startsWith('/base') ? `/app/svc${location.slice(5)}` : undefined),
    });

  test.each<[string, number, string[], string[]]>([
    [
      'end-to-end headers pass',
      200,
      ['content-type', 'a/b', 'Set-Cookie', '1', 'Set-Cookie', '2', 'Server', 's'],
      ['Content-Type', 'a/b', 'Set-Cookie', '1', 'Set-Cookie', '2', 'Server', 's'],
    ],
    [
      'hop-by-hop headers go',
      200,
      ['Connection', 'close, X-A', 'X-A', '1', 'Keep-Alive', '5', 'Transfer-Encoding', 'chunked'],
      [],
    ],
    ['announced trailers stay announced', 200, ['Trailer', 'X-T'], ['Trailer', 'X-T']],
    ['304 loses type and length', 304, ['Content-Type', 'a/b', 'Content-Length', '3', 'ETag', 'e'], ['Etag', 'e']],
    ['204 loses its length', 204, ['Content-Length', '0'], []],
    ['Location is rewritten for 302', 302, ['Location', '/base/x'], ['Location', '/app/svc/x']],
    ['Location is rewritten for 201', 201, ['Location', '/base/x', 'Location', '/base/y'], ['Location', '/app/svc/x']],
    ['Location is left for 200', 200, ['Location', '/base/x'], ['Location', '/base/x']],
    ['Location elsewhere is left', 302, ['Location', '/other'], ['Location', '/other']],
  ])('%s', (_, status, raw, expected) => {
    expect(got(raw, status)).toMatchObject({ status, headers: expected });
  });

  test.each([500, 502, 503, 599])('%i becomes 502 with the original status', (status) => {
    expect(got(['Target-System-Status', '1'], status)).toMatchObject({
      status: 502,
      headers: ['Target-System-Status', String(status)],
    });
  });

  test('the gateways of one Application change neither status nor Location', () => {
    expect(got(['Location', '/base/x'], 503, { behaviour: hostGateways.application })).toMatchObject({ status: 503 });
    expect(got(['Location', '/base/x'], 302, { behaviour: hostGateways.application }).headers).toEqual([
      'Location',
      '/base/x',
    ]);
  });

  test.each([
    [['Content-Encoding', 'GZIP', 'Content-Length', '20'], true, 'GET', true, []],
    [['Content-Encoding', 'gzip'], false, 'GET', false, ['Content-Encoding', 'gzip']],
    [['Content-Encoding', 'br'], true, 'GET', false, ['Content-Encoding', 'br']],
    [
      ['Content-Encoding', 'gzip', 'Content-Length', '0'],
      true,
      'GET',
      false,
      ['Content-Encoding', 'gzip', 'Content-Length', '0'],
    ],
  ])('%j is unpacked when asked for (%j) and %s: %j', (raw, unpack, method, gunzip, headers) => {
    expect(got(raw, 200, { unpack, method })).toMatchObject({ gunzip, headers });
  });

  test.each([
    [[], 200, true],
    [['Content-Type', 'a/b'], 200, false],
    [['Content-Encoding', 'br'], 200, false],
    [['Content-Length', '0'], 200, false],
    [[], 304, false],
  ])('the type of %j with status %i is guessed: %j', (raw, status, untyped) => {
    expect(got(raw, status).untyped).toBe(untyped);
  });
});

test.each([
  ['x-lower', 'X-Lower'],
  ['X-B3-TRACEID', 'X-B3-Traceid'],
  ['ETag', 'Etag'],
  ['Content-Type', 'Content-Type'],
])('%s is written %s', (name, expected) => {
  expect(canonicalName(name)).toBe(expected);
});
