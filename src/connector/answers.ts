import type { EarlyGeneration, Generation, UrlKey } from './generations.ts';
import type { ConnectorUrls } from './settings.ts';
import type { ExpectedSubject } from './subject-check.ts';
import type { ClientContext } from './tokens.ts';

/** The bodies that the Connector Service answers with. Key order is part of the contract. */

export type ClientFamily = 'applications' | 'runtimes';

/** Hosts that a client asks for instead of the gateway's, where the generation allows that. */
export interface RequestedHosts {
  readonly events?: string | undefined;
  readonly metadata?: string | undefined;
}

const tokenBody = (url: string, token: string) => ({ url, token });

/** (connector-service §3.1) */
export const earlyToken = (urls: ConnectorUrls, { collection }: EarlyGeneration, name: string, token: string) =>
  tokenBody(`${urls.connector}/v1/${collection}/${name}/info?token=${token}`, token);

/** (connector-service §4.2) */
export const tokenAnswer = (urls: ConnectorUrls, family: ClientFamily, token: string) =>
  tokenBody(`${urls.connector}/v1/${family}/signingRequests/info?token=${token}`, token);

const certificateBody = (subject: string) => ({ subject, extensions: '', 'key-algorithm': 'rsa2048' });

/** (connector-service §3.2) */
export function earlyInfo(
  urls: ConnectorUrls,
  { collection }: EarlyGeneration,
  name: string,
  token: string,
  subject: ExpectedSubject,
) {
  const base = `${urls.connector}/v1/${collection}/${name}`;
  return {
    csrUrl: `${base}/client-certs?token=${token}`,
    api: {
      metadataUrl: `${urls.gateway}/${name}/v1/metadata/services`,
      eventsUrl: `${urls.gateway}/${name}/v1/events`,
      certificatesUrl: base,
    },
    certificate: certificateBody(subjectText(['OU', 'O', 'L', 'ST', 'C', 'CN'], subject)),
  };
}

/** The subject as the info answers print it: the generation's order, values not escaped. (connector-service §4.3) */
const subjectText = (order: Generation['subjectOrder'], subject: ExpectedSubject) =>
  order.map((part) => `${part}=${subject[part]}`).join(',');

export interface InfoContext {
  readonly generation: Generation;
  readonly urls: ConnectorUrls;
  readonly family: ClientFamily;
  readonly client: ClientContext;
  readonly hosts: RequestedHosts;
  readonly subject: ExpectedSubject;
}

/** (connector-service §4.3) */
export function signingInfo(context: InfoContext, token: string) {
  const { generation, urls, family } = context;
  return {
    csrUrl: `${urls.connector}/v1/${family}/certificates?token=${token}`,
    api: pick(generation.apiKeys, addresses(context)),
    certificate: certificateBody(subjectText(generation.subjectOrder, context.subject)),
  };
}

/** (connector-service §4.6) */
export function managementInfo(context: InfoContext) {
  const { generation, client, subject } = context;
  const certificate = certificateBody(subjectText(generation.subjectOrder, subject));
  return {
    clientIdentity: {
      application: client.application || undefined,
      group: client.group || undefined,
      tenant: client.tenant || undefined,
    },
    urls: pick(generation.managementKeys, addresses(context)),
    certificate: generation.managementShowsCertificate ? certificate : undefined,
  };
}

/** Keys without an address are left out, as they are for runtimes. */
const pick = (keys: readonly UrlKey[], all: Partial<Record<UrlKey, string>>) =>
  Object.fromEntries(keys.flatMap((key) => (all[key] === undefined ? [] : [[key, all[key]]])));

function addresses({ generation, urls, family, client, hosts }: InfoContext): Partial<Record<UrlKey, string>> {
  const certificates = `/v1/${family}/certificates`;
  const management = generation.managementKeys.length > 0;
  const revoke = `${urls.gateway}${certificates}/revocations`;
  return {
    ...(family === 'applications' && gatewayAddresses(urls.gateway, client.application, hosts)),
    // 0.7 announces this address on its own host, where nothing answers.
    infoUrl: `${management ? urls.gateway : urls.connector}/v1/${family}/management/info`,
    certificatesUrl: `${urls.connector}${certificates}`,
    renewCertUrl: `${urls.gateway}${certificates}/renewals`,
    revokeCertUrl: revoke,
    revocationCertUrl: revoke,
  };
}

function gatewayAddresses(gateway: string, application: string, hosts: RequestedHosts) {
  const under = (base: string, path: string) => (base ? `${base}/${application}${path}` : '');
  const asked = (host: string | undefined) => (host === undefined ? gateway : host && `https://${host}`);
  return {
    eventsInfoUrl: under(gateway, '/v1/events/subscribed'),
    eventsUrl: under(asked(hosts.events), '/v1/events'),
    metadataUrl: under(asked(hosts.metadata), '/v1/metadata/services'),
  };
}
