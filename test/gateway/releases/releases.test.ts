import { expect, test } from 'vitest';
import { ManualClock } from '../../../src/core/clock.ts';
import { parseRelease } from '../../../src/core/release.ts';
import { gatewayDefaults } from '../../../src/gateway/proxy-site.ts';
import { centralGatewayOf } from '../../../src/gateway/releases/central.ts';
import { header, json, open, secured } from '../secured.ts';
import { rawTarget, startGateway } from '../start.ts';

const behaviour = (release: string) => centralGatewayOf(parseRelease(release));

test.each<[release: string, path: string, status: number, error: string]>([
  ['1.24', '/app', 500, 'failed to extract API Identifier from path'],
  ['2.7', '/app', 500, 'failed to extract API Identifier from path'],
  ['2.8', '/app', 400, 'failed to extract API Identifier from path'],
  ['latest', '/app', 400, 'failed to extract API Identifier from path'],
  ['1.24', '/nobody/svc', 500, "failed to get service with name 'svc': Application: nobody not found."],
  ['2.7', '/nobody/svc', 500, "failed to get service with name 'svc': Application: nobody not found."],
  ['2.8', '/nobody/svc', 404, 'service with name svc not found'],
  ['1.24', '/app/other', 404, 'service with name other not found'],
])('in release %s %s answers %i', async (release, path, status, error) => {
  const gateway = await startGateway('http://localhost:1', { behaviour: behaviour(release) });
  const answer = await gateway.ask({ path });
  expect([answer.status, answer.json()]).toEqual([status, { code: status, error }]);
});

test('in the three-segment form the text of an unknown Application names the entry too', async () => {
  const gateway = await startGateway('', { behaviour: behaviour('2.0'), form: 'compass' });
  const error = "failed to get service with name 'svc' and entry name 'e': Application: nobody not found.";
  expect((await gateway.ask({ path: '/nobody/svc/e' })).json()).toEqual({ code: 500, error });
});

test.each([
  ['1.24', 200],
  ['2.0', 400],
])('in release %s an ambiguous name answers %i', async (release, status) => {
  const target = await secured(open);
  const entries = [
    { type: 'API', targetUrl: target.url },
    { type: 'API', targetUrl: 'http://localhost:1' },
  ];
  const spec = { services: [{ displayName: 'svc', entries }] };
  const gateway = await startGateway('', { behaviour: behaviour(release), spec });
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(status);
});

test.each([
  ['2.7', 502],
  ['2.8', 504],
])('in release %s a target that does not answer in time gives %i', async (release, status) => {
  const clock = new ManualClock(0);
  const target = await rawTarget(undefined);
  const gateway = await startGateway(target.url, { behaviour: behaviour(release), clock });
  const answer = gateway.ask({ path: '/app/svc' });
  await expect.poll(() => target.received.length).toBe(1);
  clock.advance(gatewayDefaults.proxyTimeout);
  expect((await answer).status).toBe(status);
});

test.each([
  ['2.17', 503, undefined],
  ['2.18', 502, '503'],
])('in release %s a 503 of the target is %i', async (release, status, original) => {
  const target = await rawTarget('HTTP/1.1 503 X\r\nContent-Length: 0\r\n\r\n');
  const gateway = await startGateway(target.url, { behaviour: behaviour(release) });
  const answer = await gateway.ask({ path: '/app/svc' });
  expect([answer.status, answer.headers['target-system-status']]).toEqual([status, original]);
});

test.each([
  ['2.7', '/base/x'],
  ['2.8', '/app/svc/x'],
])('in release %s the Location /base/x becomes %s', async (release, location) => {
  const target = await rawTarget('HTTP/1.1 302 X\r\nLocation: /base/x\r\nContent-Length: 0\r\n\r\n');
  const gateway = await startGateway(`${target.url}/base`, { behaviour: behaviour(release) });
  expect((await gateway.ask({ path: '/app/svc' })).headers.location).toBe(location);
});

test.each([
  ['2.10', true, "/app/svc/a%2Fb('1')/", "/base/a/b('1')"],
  ['2.10', false, '/app%2Fsvc%2Fa', '/base/a'],
  ['2.10', true, '/app/svc/', '/base'],
  ['2.11', true, "/app/svc/a%2Fb('1')/", '/base/a/b%28%271%27%29'],
  ['2.11', false, "/app/svc/a%2Fb('1')/", "/base/a%2Fb('1')"],
])('in release %s with encodeUrl %j %s calls %s', async (release, encodeUrl, path, called) => {
  const target = await secured(open);
  const gateway = await startGateway(`${target.url}/base`, { behaviour: behaviour(release), spec: { encodeUrl } });
  await gateway.ask({ path });
  expect(target.seen.map(({ line }) => line)).toEqual([`GET ${called}`]);
});

test.each([
  ['2.0', '127.0.0.1', false],
  ['2.1', '1.1.1.1, 127.0.0.1', true],
])('in release %s X-Forwarded-For is %s, and -Proto passes: %j', async (release, forwardedFor, passes) => {
  const target = await secured(open);
  const gateway = await startGateway(target.url, { behaviour: behaviour(release) });
  await gateway.ask({ path: '/app/svc', headers: { 'X-Forwarded-For': '1.1.1.1', 'X-Forwarded-Proto': 'https' } });
  const [call] = target.seen;
  expect(call && header(call, 'x-forwarded-for')).toEqual([forwardedFor]);
  expect(call && header(call, 'x-forwarded-proto').length > 0).toBe(passes);
});

test.each([
  ['2.3', 1],
  ['2.4', 2],
])('in release %s two endpoints of one client need %i tokens', async (release, expected) => {
  const token = await secured((_, response) => json(response, { access_token: 't' }));
  const target = await secured(open);
  const service = (name: string) => ({
    displayName: name,
    entries: [
      {
        type: 'API',
        targetUrl: target.url,
        credentials: { type: 'OAuth', secretName: 'x', authenticationUrl: `${token.url}/${name}` },
      },
    ],
  });
  const gateway = await startGateway('', {
    behaviour: behaviour(release),
    secrets: { 'kyma-integration/x': { clientId: 'c' } },
    spec: { services: [service('a'), service('b')] },
  });
  await gateway.ask({ path: '/app/a' });
  await gateway.ask({ path: '/app/b' });
  expect([token.seen.length, target.seen.length]).toEqual([expected, 2]);
});

test.each([
  ['2.9', 'kyma-integration', 200],
  ['2.9', 'kyma-system', 500],
  ['2.10', 'kyma-system', 200],
])('in release %s a Secret in %s answers %i', async (release, namespace, status) => {
  const target = await secured(open);
  const entries = [{ type: 'API', targetUrl: target.url, credentials: { type: 'Basic', secretName: 'x' } }];
  const gateway = await startGateway('', {
    behaviour: behaviour(release),
    secrets: { [`${namespace}/x`]: {} },
    spec: { services: [{ displayName: 'svc', entries }] },
  });
  expect((await gateway.ask({ path: '/app/svc' })).status).toBe(status);
});
