import type { Kymulator } from '../../src/kymulator.ts';
import { type Answer, type CallOptions, call } from './call.ts';
import { edge } from './instance.ts';
import { base64, csr, rsaKey, slashSubject } from './openssl.ts';

export type Era = 'remoteenvironments' | 'applications' | 'headers';

/** The generations of the contract, each by a release that has it. */
export const releases = {
  A1: '0.4.3',
  A2: '0.5.0',
  A3: '0.6.1',
  B1: '0.7.0',
  'B2 (0.8)': '0.8.2',
  'B2 (0.9)': '0.9.1',
  B3: '1.0.0',
  B4: '1.1.0',
  'B5 (1.4)': '1.4.0',
  B5: '1.24.11',
  B6: '2.2.0',
  latest: 'latest',
} as const;

export type GenerationName = keyof typeof releases;
export const generationNames = Object.keys(releases) as GenerationName[];
export const early: readonly GenerationName[] = ['A1', 'A2', 'A3'];
export const current = generationNames.filter((name) => !early.includes(name));
export const withManagement = current.filter((name) => name !== 'B1');
export const behindNginx = withManagement.filter((name) => ['B2 (0.8)', 'B2 (0.9)', 'B3', 'B4'].includes(name));
export const behindIstio = withManagement.filter((name) => !behindNginx.includes(name));

/** One key for every test of a file: making keys is slow, and whose key it is never matters. */
export const sharedKey = rsaKey();

export const externalApi = 'connector-service-external-api.kyma-integration:8081';

/** The Connector Service as a client uses it, whatever the generation. */
export class ConnectorClient {
  readonly instance: Kymulator;
  readonly era: Era;

  constructor(instance: Kymulator, name: GenerationName) {
    this.instance = instance;
    this.era = name === 'A3' ? 'applications' : name === 'A1' || name === 'A2' ? 'remoteenvironments' : 'headers';
  }

  /** Asks for a token of an application. */
  token(application: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.era === 'headers'
      ? this.internal('/v1/applications/tokens', { method: 'POST', headers: { Application: application, ...headers } })
      : this.internal(`/v1/${this.era}/${encodeURIComponent(application)}/tokens`, { method: 'POST', headers });
  }

  internal(path: string, options: CallOptions = {}): Promise<Answer> {
    return call(edge(this.instance, 'internal') + path, options);
  }

  /** The external API by its name inside the cluster, where the headers say who the client is. */
  inCluster(path: string, { headers, ...options }: CallOptions = {}): Promise<Answer> {
    return this.internal(path, { ...options, headers: { ...headers, Host: externalApi } as Record<string, string> });
  }

  /** A URL of the connector or gateway host. */
  get(url: string, options: CallOptions = {}): Promise<Answer> {
    return call(url, { ca: this.instance.ca.certificate, ...options });
  }

  /** Posts a signing request. */
  sign(url: string, pem: string, options: CallOptions = {}): Promise<Answer> {
    const body = JSON.stringify({ csr: base64(pem) });
    return this.get(url, { method: 'POST', body, ...options });
  }

  /** Where a signing request with this token goes. */
  signingUrl(application: string, token: string): string {
    const path = this.era === 'headers' ? 'applications/certificates' : `${this.era}/${application}/client-certs`;
    return `${this.instance.urls.connector}/v1/${path}?token=${token}`;
  }

  infoUrl(application: string, token: string): string {
    const path = this.era === 'headers' ? 'applications/signingRequests/info' : `${this.era}/${application}/info`;
    return `${this.instance.urls.connector}/v1/${path}?token=${token}`;
  }

  /** The whole pairing. */
  async pair(application: string, headers: Record<string, string> = {}): Promise<Paired> {
    const token = await this.token(application, headers);
    const info = await this.get(token.json.url);
    const subject: string = info.json.certificate.subject;
    const answer = await this.sign(info.json.csrUrl, csr({ key: sharedKey, subject: slashSubject(subject) }));
    const chain = Buffer.from(answer.json.crt, 'base64').toString();
    return { info: info.json, answer, subject, identity: { cert: chain, key: sharedKey } };
  }
}

export interface Paired {
  // biome-ignore lint/suspicious/noExplicitAny: a test looks at what it expects
  readonly info: any;
  readonly answer: Answer;
  readonly subject: string;
  /** For calls with the certificate. */
  readonly identity: { readonly cert: string; readonly key: string };
}

/** The certificates of a base64 answer member. */
export const pemsOf = (member: string): string[] =>
  Buffer.from(member, 'base64')
    .toString()
    .match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n/g) ?? [];
