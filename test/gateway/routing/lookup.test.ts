import { expect, test } from 'vitest';
import {
  type ConnectedService,
  type ConnectedSystem,
  findApi,
  indexApis,
} from '../../../src/gateway/routing/lookup.ts';

const api = { type: 'API', targetUrl: 'http://t' };
const service = (displayName: string, ...entries: ConnectedService['entries'] & object): ConnectedService => ({
  id: `id-${displayName}`,
  name: `name-${displayName}`,
  displayName,
  entries,
});

const webshop: ConnectedSystem = {
  metadata: { name: 'webshop' },
  spec: {
    services: [
      service('My Service!! Name  X', api),
      service('Two APIs', { ...api, name: 'v1 REST' }, { ...api, name: 'v2 REST' }),
      service('Same', { ...api, name: 'n' }),
      service('same', { ...api, name: 'n' }),
      service('Only Events', { type: 'Events' }),
      service('API and Events', { type: 'Events' }, api),
      service('---', api),
    ],
  },
};

const index = indexApis(webshop);
const applications = { get: (name: string) => (name === 'webshop' ? index : undefined) };
const find = (application: string, name: string, entry?: string) =>
  findApi(applications, { application, service: name, entry, subPath: '' });

test.each([
  ['my-service-name-x', undefined, 'id-My Service!! Name  X'],
  ['my-service-name-x', '', 'id-My Service!! Name  X'],
  ['two-apis', 'v2-rest', 'id-Two APIs'],
  ['api-and-events', undefined, 'id-API and Events'],
  ['', undefined, 'id----'],
])('%j with entry %j is found', (name, entry, id) => {
  expect(find('webshop', name, entry).service.id).toBe(id);
});

const duplicate =
  "service.ID: 'id-Same', service.DisplayName: 'Same', entry.Name: 'n' | service.ID: 'id-same', service.DisplayName: 'same', entry.Name: 'n'";
const twoApis =
  "service.ID: 'id-Two APIs', service.DisplayName: 'Two APIs', entry.Name: 'v1 REST' | service.ID: 'id-Two APIs', service.DisplayName: 'Two APIs', entry.Name: 'v2 REST'";

test.each<[string, string, string | undefined, number, string]>([
  ['nobody', 'svc', undefined, 404, 'service with name svc not found'],
  ['nobody', 'svc', 'e', 404, 'service with name svc and entry name e not found'],
  ['webshop', 'nothing', undefined, 404, 'service with name nothing not found'],
  ['webshop', 'My-service-name-x', undefined, 404, 'service with name My-service-name-x not found'],
  ['webshop', 'only-events', undefined, 404, 'service with name only-events not found'],
  ['webshop', 'two-apis', 'v3', 404, 'service with name two-apis and entry name v3 not found'],
  ['webshop', 'same', undefined, 400, `failed to get service with name 'same': multiple services found: ${duplicate}`],
  [
    'webshop',
    'same',
    'n',
    400,
    `failed to get service with name 'same' and entry name 'n': multiple services found: ${duplicate}`,
  ],
  [
    'webshop',
    'two-apis',
    undefined,
    400,
    `failed to get service with name 'two-apis': multiple services found: ${twoApis}`,
  ],
  [
    'a%62',
    's',
    undefined,
    500,
    `failed to get service with name 's': failed to get Application 'a%62' : invalid resource name "a%62": [may not contain '%']`,
  ],
  [
    '..',
    's',
    'e',
    500,
    `failed to get service with name 's' and entry name 'e': failed to get Application '..' : invalid resource name "..": [may not be '..']`,
  ],
])('%s/%s with entry %j is refused', (application, name, entry, status, message) => {
  expect(() => find(application, name, entry)).toThrow(expect.objectContaining({ status, message }));
});

test.each([
  [undefined, undefined, { encodeUrl: true, skipVerify: false }],
  [false, true, { encodeUrl: false, skipVerify: true }],
])('encodeUrl %j and skipVerify %j go to every API', (encodeUrl, skipVerify, expected) => {
  const { byService } = indexApis({
    metadata: { name: 'a' },
    spec: { encodeUrl, skipVerify, services: [service('s', api)] },
  });
  expect(byService.get('s')?.[0]).toMatchObject(expected);
});

test.each([undefined, {}, { services: null }, { services: [{ id: 'x', entries: null }] }])(
  'spec %j has no APIs',
  (spec) => {
    expect(indexApis({ metadata: { name: 'a' }, spec }).byService.size).toBe(0);
  },
);
