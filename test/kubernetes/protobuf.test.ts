import { expect, test } from 'vitest';
import { decodeObject } from '../../src/kubernetes/protobuf/decode.ts';
import { ProtobufError } from '../../src/kubernetes/protobuf/reader.ts';
import { startCluster } from './cluster.ts';

const TYPE = 'application/vnd.kubernetes.protobuf';

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

type Content = string | number | boolean | Buffer | Content[];

/** A message from numbers of fields and their contents: texts, numbers, or messages as bytes; lists repeat the field. */
function message(fields: Readonly<Record<number, Content>>): Buffer {
  const parts = Object.entries(fields).flatMap(([number, content]) =>
    (Array.isArray(content) ? content : [content]).flatMap((value) => {
      const key = (wireType: number) => varint(Number(number) * 8 + wireType);
      if (typeof value === 'number' || typeof value === 'boolean') return [key(0), varint(Number(value))];
      const bytes = typeof value === 'string' ? Buffer.from(value) : (value as Buffer);
      return [key(2), varint(bytes.length), bytes];
    }),
  );
  return Buffer.concat(parts);
}

const entry = (key: string, value: string | Buffer) => message({ 1: key, 2: value });

const envelope = (apiVersion: string, kind: string, raw: Buffer) =>
  Buffer.concat([Buffer.from('k8s\0'), message({ 1: message({ 1: apiVersion, 2: kind }), 2: raw, 3: '', 4: '' })]);

const metadata = message({
  1: 's1',
  2: '',
  3: 'default',
  5: '',
  7: 0,
  8: Buffer.alloc(0),
  11: [entry('a', 'b'), entry('c', '')],
});

// (kubernetes-api §4.3)
test.each([
  [
    'Secret',
    message({ 1: metadata, 2: [entry('k', Buffer.from([1, 2, 255]))], 3: 'Opaque', 4: entry('t', 'x'), 5: false }),
    { data: { k: 'AQL/' }, type: 'Opaque', stringData: { t: 'x' } },
  ],
  ['ConfigMap', message({ 1: metadata, 2: [entry('k', 'v'), entry('e', '')] }), { data: { k: 'v', e: '' } }],
  [
    'Service',
    message({
      1: metadata,
      2: message({
        1: [
          message({ 1: 'http', 2: 'TCP', 3: 80, 4: message({ 1: 0, 2: 8080, 3: '' }), 5: 0 }),
          message({ 3: 81, 4: message({ 1: 1, 2: 0, 3: 'admin' }) }),
        ],
        2: entry('app', 'web'),
        4: 'ClusterIP',
      }),
      3: message({ 1: Buffer.alloc(0) }),
    }),
    {
      spec: {
        ports: [
          { name: 'http', protocol: 'TCP', port: 80, targetPort: 8080 },
          { port: 81, targetPort: 'admin' },
        ],
        selector: { app: 'web' },
        type: 'ClusterIP',
      },
    },
  ],
  [
    'Event',
    message({
      1: metadata,
      2: message({ 1: 'Pod', 3: 'p' }),
      6: message({ 1: 1_767_607_200 }),
      8: 2,
      10: message({ 1: 1_767_607_200, 2: 1_500_000 }),
    }),
    {
      involvedObject: { kind: 'Pod', name: 'p' },
      firstTimestamp: '2026-01-05T10:00:00Z',
      count: 2,
      eventTime: '2026-01-05T10:00:00.001500Z',
    },
  ],
])('a %s is read as JSON would have been', (kind, raw, content) => {
  expect(decodeObject(envelope('v1', kind, raw))).toEqual({
    object: {
      apiVersion: 'v1',
      kind,
      metadata: { name: 's1', namespace: 'default', labels: { a: 'b', c: '' } },
      ...content,
    },
  });
});

test('managed fields and owners are read', () => {
  const fields = message({ 1: 'm', 2: 'Update', 7: message({ 1: '{"f:data":{}}' }) });
  const raw = message({ 1: message({ 1: 'x', 13: message({ 1: 'Application', 3: 'shop', 6: true }), 17: fields }) });
  expect(decodeObject(envelope('v1', 'ConfigMap', raw))).toMatchObject({
    object: {
      metadata: {
        ownerReferences: [{ kind: 'Application', name: 'shop', controller: true }],
        managedFields: [{ manager: 'm', fieldsV1: { 'f:data': {} } }],
      },
    },
  });
});

test.each([
  ['no magic', Buffer.from('{"kind":"Secret"}')],
  ['a length beyond the end', Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x0a, 0x7f, 1])])],
  ['a number without end', Buffer.concat([Buffer.from('k8s\0'), Buffer.alloc(12, 0xff)])],
  ['a number where a message belongs', envelope('v1', 'Secret', message({ 1: 5 }))],
  ['a wire type of old', Buffer.concat([Buffer.from('k8s\0'), Buffer.from([0x0b])])],
])('%s is an error and nothing else', (_, body) => {
  expect(() => decodeObject(body)).toThrow(ProtobufError);
});

test('every cut of a message is an error or a message, never a crash', () => {
  const body = envelope('v1', 'Secret', message({ 1: metadata, 2: [entry('k', 'v')], 3: 'Opaque' }));
  for (let length = 0; length < body.length; length++) {
    try {
      decodeObject(body.subarray(0, length));
    } catch (error) {
      expect(error).toBeInstanceOf(ProtobufError);
    }
  }
});

test('a Secret that comes as protobuf is created, and answered as JSON', async () => {
  const cluster = await startCluster();
  const body = envelope('v1', 'Secret', message({ 1: metadata, 2: entry('k', 'v'), 3: 'Opaque' }));
  const { status, headers, json } = await cluster.post('/api/v1/namespaces/default/secrets', body, TYPE);
  expect([status, headers['content-type'], json.data]).toEqual([201, 'application/json', { k: 'dg==' }]);
});

test('deletion options may come as protobuf too', async () => {
  const cluster = await startCluster();
  const path = '/api/v1/namespaces/default/serviceaccounts/default';
  const options = envelope('v1', 'DeleteOptions', message({ 2: message({ 1: 'other' }) }));
  expect((await cluster.send('DELETE', path, options, TYPE)).status).toBe(409);
});

test('a kind that is not known in this form is refused with those that are', async () => {
  const cluster = await startCluster();
  const body = envelope('v1', 'Pod', message({ 1: metadata }));
  expect((await cluster.post('/api/v1/namespaces/default/pods', body, TYPE)).json).toMatchObject({ code: 415 });
});
