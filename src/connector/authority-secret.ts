import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import type { Logger } from '../core/log.ts';
import { type Authority, authorityFrom } from '../pki/authority.ts';
import { firstPemBlock } from '../pki/pem.ts';
import type { Resource } from '../resources/resource.ts';
import type { ResourceStore } from '../store/store.ts';
import { createView } from '../store/view.ts';
import { connectorError } from './errors.ts';
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

/**
 * Writes the authority into its secret when that is missing or holds another one. That the authority has changed is
 * told: nothing of the old one is taken any more.
 */
export async function publishAuthority(
  store: ResourceStore,
  name: string,
  authority: { readonly certificatePem: string; readonly privateKeyPem: string },
  log: Logger,
): Promise<void> {
  const reference = { ...secretKind, name, namespace: CONNECTOR_NAMESPACE };
  const encode = (text: string) => Buffer.from(text).toString('base64');
  const data = { 'ca.crt': encode(authority.certificatePem), 'ca.key': encode(authority.privateKeyPem) };
  const secret: Secret = {
    ...secretKind,
    metadata: { name, namespace: CONNECTOR_NAMESPACE },
    type: 'Opaque',
    data,
  };
  const stored = await store.get<Secret>(reference);
  if (!stored) {
    await store.create(secret);
    return;
  }
  const before = attempt(() => parseCertificate(textOf(stored, 'ca.crt')));
  const now = new X509Certificate(authority.certificatePem);
  if ('value' in before && before.value.fingerprint256 !== now.fingerprint256) log.warn(changed(before.value, now));
  await store.patch(reference, { data });
}

const changed = (before: X509Certificate, now: X509Certificate) =>
  `the certificate authority has changed: this data belongs to ${shown(before)}, from now on ${shown(now)} signs. ` +
  'Certificates of the former are refused, and kubeconfigs and trust stores that name it no longer work: pair every system again, ' +
  'or start with the --certs-dir (or --ca-cert and --ca-key) of the former';

const shown = ({ subject, fingerprint256 }: X509Certificate) =>
  `"${subject.replaceAll('\n', ', ')}" (SHA-256 ${fingerprint256})`;
