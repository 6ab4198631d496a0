import { codeOf, messageOf } from '../core/errors.ts';
import { givingWay } from '../core/give-way.ts';
import { GoSyntaxError, GoTypeError, goDecoding, goString, goStruct } from '../go/struct.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceStore } from '../store/store.ts';
import { createView } from '../store/view.ts';
import { connectorError } from './errors.ts';
import { CONNECTOR_NAMESPACE } from './settings.ts';

const CONFIG_MAP = 'revocations-config';
const reference = { apiVersion: 'v1', kind: 'ConfigMap', name: CONFIG_MAP, namespace: CONNECTOR_NAMESPACE } as const;

interface ConfigMap extends Resource {
  readonly data?: Readonly<Record<string, string>>;
}

/** The revoked certificates, by hash, as Kyma keeps them: in a ConfigMap that must exist. (connector-service §4.10) */
export interface Revocations {
  /** @throws KymaError when the hash cannot be listed */
  revoke(hash: string): Promise<void>;
  /** Compares with case, as the original does. @throws KymaError when the list is gone */
  isRevoked(hash: string): boolean;
  close(): void;
}

export async function openRevocations(store: ResourceStore): Promise<Revocations> {
  await createList(store);
  const view = await createView<ConfigMap, ReadonlySet<string>>(store, reference, {
    select: { namespace: CONNECTOR_NAMESPACE, fieldSelector: `metadata.name=${CONFIG_MAP}` },
    derive: ({ data }) => new Set(Object.keys(data ?? {})),
  });
  return {
    async revoke(hash) {
      if (!isConfigMapKey(hash)) throw connectorError('REVOCATION_FAILED', invalidKey(hash));
      try {
        await store.patch(reference, { data: { [hash]: hash } });
      } catch (cause) {
        const missing = `configmaps "${CONFIG_MAP}" not found`;
        throw connectorError('REVOCATION_FAILED', codeOf(cause) === 'NOT_FOUND' ? missing : messageOf(cause), {
          cause,
        });
      }
    },
    isRevoked(hash) {
      const list = view.get(CONFIG_MAP, CONNECTOR_NAMESPACE);
      if (!list) throw connectorError('REVOCATION_UNREADABLE');
      return list.has(hash);
    },
    close: () => view.close(),
  };
}

async function createList(store: ResourceStore): Promise<void> {
  if (await store.get(reference)) return;
  const { name, namespace, ...kind } = reference;
  await store.create<ConfigMap>({ ...kind, metadata: { name, namespace }, data: {} });
}

const isConfigMapKey = (text: string) =>
  text.length <= 253 && /^[-._a-zA-Z0-9]+$/.test(text) && text !== '.' && !text.startsWith('..');

/** In the words of the Kubernetes API, which is what turns such a key down in a cluster. */
const invalidKey = (hash: string) =>
  `ConfigMap "${CONFIG_MAP}" is invalid: data[${hash}]: Invalid value: "${hash}": a valid config key must consist of ` +
  "alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for " +
  "validation is '[-._a-zA-Z0-9]+')";

const revocationBody = goStruct('internalapi.revocationBody', { hash: goString });
/** The field's name in the original's own error texts, which know it by its Go name. */
const fieldInTexts = (text: string) => text.replace('revocationBody.hash', 'revocationBody.Hash');

/**
 * Reads the body of an internal revocation.
 * @throws KymaError (connector-service §5; 400 and a final dot, unlike the certificate calls)
 */
export async function readRevocation(body: Buffer): Promise<string> {
  let hash: string | undefined;
  try {
    const decoded = await givingWay(goDecoding(body.toString('utf8'), revocationBody));
    hash = (decoded as { hash?: string }).hash;
  } catch (thrown) {
    if (!(thrown instanceof GoSyntaxError || thrown instanceof GoTypeError)) throw thrown;
    throw connectorError('REVOCATION_MALFORMED', fieldInTexts(thrown.message), { cause: thrown });
  }
  if (!hash) throw connectorError('REVOCATION_MALFORMED', 'certificate hash value not provided');
  return hash;
}
