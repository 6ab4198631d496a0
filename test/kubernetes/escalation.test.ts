import { expect, test } from 'vitest';
import { call } from '../support/call.ts';
import { ConnectorClient, pemsOf, sharedKey } from '../support/connector.ts';
import { start } from '../support/instance.ts';
import { csr, slashSubject } from '../support/openssl.ts';

/** The Connector Service copies further values of a subject, so a subject alone must not open the Kubernetes API. */

const namespaces = '/api/v1/namespaces';

test('a connected system that asks for a second organization does not become administrator', async () => {
  const instance = await start();
  const client = new ConnectorClient(instance, 'latest');
  const { json } = await client.token('shop');
  const info = (await client.get(json.url)).json;
  const subject = `${slashSubject(info.certificate.subject)}/O=system:masters`;
  const signed = await client.sign(info.csrUrl, csr({ key: sharedKey, subject }));
  expect(signed.status).toBe(201);
  const identity = { cert: pemsOf(signed.json.crt).join(''), key: sharedKey };
  const answer = await call(instance.kubernetes.url + namespaces, { ca: instance.ca.certificate, ...identity });
  expect(answer.status).toBe(401);
});

test('nor does one whose tenant is named like the administrators', async () => {
  const instance = await start({ central: true, kyma: '1.24' });
  const client = new ConnectorClient(instance, 'B5');
  const { identity, subject } = await client.pair('shop', { Tenant: 'system:masters', Group: 'g' });
  expect(subject).toContain('O=system:masters');
  const answer = await call(instance.kubernetes.url + namespaces, { ca: instance.ca.certificate, ...identity });
  expect(answer.status).toBe(401);
});
