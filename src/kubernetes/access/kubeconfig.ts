import { stringify } from 'yaml';

/** The name of our cluster, user and context in a kubeconfig. */
const CONTEXT = 'kymulator';

export interface ClusterAccess {
  /** `https://…` */
  readonly server: string;
  /** PEM of the authority that the client must trust. */
  readonly authority: string;
  /** PEM of the client's certificate and key. */
  readonly certificate: string;
  readonly key: string;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

/** The entries of a kubeconfig that lead to an instance. (kubernetes-api §1.1) */
const entriesOf = ({ server, authority, certificate, key }: ClusterAccess) => ({
  clusters: { name: CONTEXT, cluster: { server, 'certificate-authority-data': base64(authority) } },
  users: {
    name: CONTEXT,
    user: { 'client-certificate-data': base64(certificate), 'client-key-data': base64(key) },
  },
  contexts: { name: CONTEXT, context: { cluster: CONTEXT, user: CONTEXT, namespace: 'default' } },
});

/** A kubeconfig with nothing but our entries. */
export function kubeconfigOf(access: ClusterAccess): string {
  const lists = Object.entries(entriesOf(access)).map(([name, entry]) => [name, [entry]]);
  return stringify(
    { apiVersion: 'v1', kind: 'Config', 'current-context': CONTEXT, ...Object.fromEntries(lists) },
    { lineWidth: 0 },
  );
}
