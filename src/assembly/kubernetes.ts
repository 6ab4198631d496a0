import { generateKeyPair } from 'node:crypto';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { systemClock } from '../core/clock.ts';
import { readOrCreate, writeWhole } from '../core/files.ts';
import { type ClusterAccess, kubeconfigOf } from '../kubernetes/access/kubeconfig.ts';
import { ADMIN, ADMIN_GROUP } from '../kubernetes/access/users.ts';
import { createKubernetesApi, type KubernetesApi } from '../kubernetes/plugin.ts';
import type { StreamHandler } from '../kubernetes/streams/handler.ts';
import { type Authority, issue, newSerial } from '../pki/authority.ts';
import { administratorExtensions } from '../pki/certificate.ts';
import * as der from '../pki/der.ts';
import { writePem } from '../pki/pem.ts';
import { nameToDer } from '../pki/subject.ts';
import type { Foundation } from './foundation.ts';
import { keepKubeconfig } from './kubeconfig-file.ts';

/** The Kubernetes API of an instance with the token of its administrator. */
export interface KubernetesSite {
  readonly api: KubernetesApi;
  readonly token: string;
}

/** How clients get in. */
export interface KubernetesAccess {
  readonly url: string;
  /** Bearer token of the administrator. */
  readonly token: string;
  /** Text of a kubeconfig with a client certificate. */
  readonly kubeconfig: string;
  /** Where that text lies; undefined when nothing is kept. */
  readonly file: string | undefined;
}

export async function createKubernetes(
  { store, clock, random, log, settings, opened }: Foundation,
  streams?: StreamHandler,
): Promise<KubernetesSite> {
  const folder = settings.ephemeral ? undefined : settings.dataDir;
  const token = await keptToken(folder, () => random.bytes(32).toString('base64url'));
  const api = await createKubernetesApi({
    store,
    clock,
    random,
    log: log.child({ part: 'kubernetes' }),
    token,
    streams,
  });
  opened.defer(() => api.close());
  return { api, token };
}

/** The token survives a restart, so that programs which were given it go on. */
async function keptToken(folder: string | undefined, make: () => string): Promise<string> {
  if (!folder) return make();
  const file = join(folder, 'kubernetes-token');
  const options = { mode: 0o600, folderMode: 0o700 };
  const kept = (await readOrCreate(file, () => `${make()}\n`, options)).trim();
  if (kept) return kept;
  const made = make();
  await writeWhole(file, `${made}\n`, options);
  return made;
}

const DAY = 24 * 60 * 60 * 1000;
const VALID = 365 * DAY;

/**
 * Makes the administrator's client certificate and writes what clients outside and inside look for: a kubeconfig, and
 * the folder that programs in a cluster read their account from.
 */
export async function giveAccess(
  foundation: Foundation,
  { token }: KubernetesSite,
  authority: Authority,
  trust: string,
  server: string,
): Promise<KubernetesAccess> {
  const { settings } = foundation;
  const access: ClusterAccess = { server, authority: trust, ...(await adminCertificate(foundation, authority)) };
  const kubeconfig = kubeconfigOf(access);
  if (settings.ephemeral) return { url: server, token, kubeconfig, file: undefined };
  const file = await keepKubeconfig(foundation, { text: kubeconfig, server });
  const account = join(settings.dataDir, 'serviceaccount');
  await writeWhole(join(account, 'token'), token, { mode: 0o600, folderMode: 0o700 });
  await writeWhole(join(account, 'ca.crt'), trust);
  await writeWhole(join(account, 'namespace'), 'default');
  return { url: server, token, kubeconfig, file };
}

/** A new key and certificate, quickly made: an elliptic curve for the key, the authority's own signature. */
async function adminCertificate({ clock, random }: Foundation, authority: Authority) {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('ec', { namedCurve: 'P-256' });
  const times = [clock.now(), systemClock.now()];
  const certificate = await issue(authority.privateKey, {
    serial: newSerial(random),
    issuer: authority.issuer,
    notBefore: Math.min(...times) - DAY,
    notAfter: Math.max(...times) + VALID,
    subject: nameToDer([[{ type: 'O', value: ADMIN_GROUP }], [{ type: 'CN', value: ADMIN }]]),
    publicKeyInfo: der.encoded(publicKey.export({ type: 'spki', format: 'der' })),
    extensions: administratorExtensions(authority.keyId),
  });
  return {
    certificate: writePem('CERTIFICATE', certificate),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}
