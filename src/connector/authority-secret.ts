import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { codeOf } from '../core/errors.ts';
import type { Release } from '../core/release.ts';
import { type Authority, authorityFrom } from '../pki/authority.ts';
import type { KeptAuthority } from '../pki/authority-files.ts';
import type { PublishedAuthority } from '../pki/authority-store.ts';
import { firstPemBlock } from '../pki/pem.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceStore } from '../store/store.ts';
import { createView } from '../store/view.ts';
import { connectorError } from './errors.ts';
import { authoritySecretOf, authoritySecrets } from './generations.ts';
import { CONNECTOR_NAMESPACE } from './settings.ts';

const secretKind = { apiVersion: 'v1', kind: 'Secret' } as const;

interface Secret extends Resource {
  readonly data?: Readonly<Record<string, string>>;
}

/** The issuing authority as Kyma keeps it: a secret that may be replaced at any time. */
export interface AuthoritySecret {
  /**
   * The authority of the moment; the secret is parsed once per change, not per call.
   * @throws KymaError that says what is wrong with the secret (connector-service §5)
   */
  current(): Authority;
  close(): void;
}

/** Follows the authority's secret. */
export async function watchAuthoritySecret(
  store: ResourceStore,
  name: string,
  namesNamespace: boolean,
): Promise<AuthoritySecret> {
  const view = await createView<Secret, () => Authority>(store, secretKind, {
    select: { namespace: CONNECTOR_NAMESPACE, fieldSelector: `metadata.name=${name}` },
    derive: (secret) => {
      const result = attempt(() => parseSecret(secret));
      return () => {
        if ('error' in result) throw result.error;
        return result.value;
      };
    },
  });
  const shownName = namesNamespace ? `${CONNECTOR_NAMESPACE}/${name}` : name;
  return {
    current() {
      const authority = view.get(name, CONNECTOR_NAMESPACE);
      if (!authority) throw connectorError('AUTHORITY_MISSING', shownName);
      return authority();
    },
    close: () => view.close(),
  };
}

type Outcome<T> = { readonly value: T } | { readonly error: unknown };

function attempt<T>(work: () => T): Outcome<T> {
  try {
    return { value: work() };
  } catch (error) {
    return { error };
  }
}

const parseSecret = (secret: Secret): Authority =>
  authorityFrom(parseCertificate(textOf(secret, 'ca.crt')), parseKey(textOf(secret, 'ca.key')));

const textOf = ({ data = {} }: Secret, key: string) => Buffer.from(data[key] ?? '', 'base64').toString('utf8');

function parseCertificate(pem: string): X509Certificate {
  const block = firstPemBlock(pem);
  if (!block) throw connectorError('AUTHORITY_CERTIFICATE_PEM');
  try {
    return new X509Certificate(block.der);
  } catch (cause) {
    throw connectorError('AUTHORITY_CERTIFICATE', 'x509: malformed certificate', { cause });
  }
}

function parseKey(pem: string): KeyObject {
  const block = firstPemBlock(pem);
  if (!block) throw connectorError('AUTHORITY_KEY_PEM');
  try {
    return createPrivateKey({
      key: block.der,
      format: 'der',
      type: block.label === 'RSA PRIVATE KEY' ? 'pkcs1' : 'pkcs8',
    });
  } catch (cause) {
    throw connectorError('AUTHORITY_KEY', 'the key is neither PKCS#1 nor PKCS#8', { cause });
  }
}

/** The secret that the Connector Service of a release reads, as the place where instances find their authority. */
export function publishedAuthority(store: ResourceStore, release: Release): PublishedAuthority {
  const name = authoritySecretOf(release);
  const reference = { ...secretKind, name, namespace: CONNECTOR_NAMESPACE };
  const create = (data: Secret['data']) =>
    store.create<Secret>({ ...secretKind, metadata: { name, namespace: CONNECTOR_NAMESPACE }, type: 'Opaque', data });
  /** That of a release which has another name for it: the same data goes on with the same authority. */
  const fromOther = async () => {
    const other = authoritySecrets.find((candidate) => candidate !== name) ?? name;
    const secret = await store.get<Secret>({ ...reference, name: other });
    if (secret) await isFirst(create(secret.data));
    return secret && store.get<Secret>(reference);
  };
  return {
    name: `the Secret ${CONNECTOR_NAMESPACE}/${name}`,
    async read() {
      const secret = (await store.get<Secret>(reference)) ?? (await fromOther());
      return secret && { version: secret.metadata.resourceVersion, authority: () => keptIn(secret) };
    },
    async publish({ certificatePem, privateKeyPem }, before) {
      const encode = (text: string) => Buffer.from(text).toString('base64');
      const data = { 'ca.crt': encode(certificatePem), 'ca.key': encode(privateKeyPem) };
      const write = before
        ? store.patch(reference, { metadata: { resourceVersion: before.version }, data })
        : create(data);
      return isFirst(write);
    },
  };
}

function keptIn(secret: Secret): KeptAuthority {
  const authority = parseSecret(secret);
  const privateKeyPem = authority.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { authority, certificatePem: authority.certificatePem, privateKeyPem };
}

/** False where somebody else has written in between. */
async function isFirst(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (thrown) {
    if (['ALREADY_EXISTS', 'CONFLICT', 'NOT_FOUND'].includes(codeOf(thrown) ?? '')) return false;
    throw thrown;
  }
}
