import { expect, test } from 'vitest';
import { foreignPage } from '../../src/edges/cross-site.ts';
import { leadsToEdge, ownNames } from '../../src/edges/own-names.ts';

const allowed = new Set(['http://localhost:3000']);

test.each<[what: string, host: string, origin: string | undefined, fetchSite: string | undefined, foreign: boolean]>([
  ['a program', 'localhost:8080', undefined, undefined, false],
  ['a program that leaves the origin empty', 'localhost:8080', '', '', false],
  ['a page of the edge', 'localhost:8080', 'http://localhost:8080', 'same-origin', false],
  ['a page of the edge, without port', 'Kymulator', 'http://kymulator', undefined, false],
  ['a page of the edge at its default port', 'kymulator:80', 'http://kymulator', undefined, false],
  ['a page of the edge by IPv6', '[::1]:8080', 'http://[::1]:8080', 'same-origin', false],
  ['an address that was typed', 'localhost:8080', undefined, 'none', false],
  ['a page of an allowed origin', 'localhost:8080', 'http://localhost:3000', 'same-site', false],
  ['an allowed origin that sends no origin along', 'localhost:8080', undefined, 'same-site', true],
  ['a page of another port', 'localhost:8080', 'http://localhost:3001', 'same-site', true],
  ['an image on a page of another port', 'localhost:8080', undefined, 'same-site', true],
  ['another name of the same edge', '127.0.0.1:8080', 'http://localhost:8080', 'cross-site', true],
  ['a page of another site', 'localhost:8080', 'https://evil.example', 'cross-site', true],
  ['a page of another site in a browser that says less', 'localhost:8080', 'https://evil.example', undefined, true],
  ['a link on a page of another site', 'localhost:8080', undefined, 'cross-site', true],
  ['a page with TLS on the same name', 'localhost:8080', 'https://localhost:8080', undefined, true],
  ['a sandboxed frame, or a file', 'localhost:8080', 'null', 'cross-site', true],
  ['an extension', 'localhost:8080', 'chrome-extension://abc', 'none', true],
  ['two origins', 'localhost:8080', 'http://localhost:8080, http://localhost:8080', undefined, true],
  ['a value of days to come', 'localhost:8080', undefined, 'near-by', true],
  ['a host that is none', 'a b', 'http://localhost:8080', undefined, true],
])('%s', (_, host, origin, fetchSite, foreign) => {
  expect(foreignPage({ host, origin, fetchSite }, allowed) !== undefined).toBe(foreign);
});

const own = ownNames(['Kymulator', '*.dev.example', 'my-laptop']);
const services = () => [{ service: 'central-application-gateway', namespaces: ['kyma-system', 'kyma-integration'] }];

test.each<[host: string, leads: boolean]>([
  ['localhost', true],
  ['LOCALHOST:1', true],
  ['localhost.:8090', true],
  ['127.0.0.1:8090', true],
  ['127.1.2.3', true],
  ['192.168.0.7:80', true],
  ['[::1]:8090', true],
  ['[fd00::7]', true],
  ['kymulator:8090', true],
  ['my-laptop', true],
  ['a.dev.example:1', true],
  ['host.docker.internal:8090', true],
  ['central-application-gateway.kyma-system:8080', true],
  ['central-application-gateway.kyma-integration.svc.cluster.local', true],
  ['central-application-gateway.kyma-system.svc', true],
  ['central-application-gateway:8080', true],
  ['central-application-gateway.default', false],
  ['central-application-gateway.kyma-system.evil.example', false],
  ['dev.example', false],
  ['a.b.dev.example', false],
  ['evil.example:8090', false],
  ['127.0.0.1.evil.example', false],
  ['localhost.evil.example', false],
  ['evil.localhost', false],
  // What browsers do not know to be this machine.
  ['0.0.0.0:8090', false],
  ['[::]:8090', false],
  ['[::ffff:127.0.0.1]:8090', false],
  ['[::ffff:7f00:1]', false],
  ['localhost:8080@evil.example', false],
  ['', false],
])('the name %j leads to an edge: %j', (host, leads) => {
  expect(leadsToEdge(host, own, services)).toBe(leads);
});
