import { RawJson } from '../go/json.ts';
import type { RegisteredEntry, RegisteredService } from './applications.ts';
import type { Generation } from './generations.ts';
import type { CsrfInfo, Documentation } from './model.ts';
import { type EntrySecrets, sortedJson } from './secrets.ts';
import type { Specifications } from './specifications.ts';

/** The bodies that the registry answers with. Key order is part of the contract. (metadata-service §5.3, §7) */

/** What is shown of a secret. */
const MASK = '********';

const sortedMap = (map: Readonly<Record<string, unknown>>) => new RawJson(sortedJson(map));

const labelsOf = ({ labels }: RegisteredService) => (labels ? sortedMap(labels) : null);

const head = (service: RegisteredService) => ({
  provider: service.providerDisplayName ?? '',
  name: service.displayName ?? '',
  description: service.longDescription ?? '',
  identifier: service.identifier || undefined,
  labels: labelsOf(service),
});

/** An element of the list. */
export const listItem = (service: RegisteredService) => ({ id: service.id, ...head(service) });

/** What a replacement answers: the head of the new definition with the identifier that stays. (§7.4) */
export const replaced = head;

/** The body of a single service. */
export function serviceDetails(
  service: RegisteredService,
  specifications: Specifications,
  secrets: EntrySecrets | undefined,
  generation: Generation,
) {
  const entry = service.entries?.find(({ type }) => type === 'API');
  return {
    ...head(service),
    api: entry && apiDetails(entry, specifications.api, secrets, generation),
    events: specifications.events ? { spec: new RawJson(specifications.events) } : undefined,
    documentation: specifications.documentation && documentationDetails(specifications.documentation),
  };
}

function apiDetails(
  entry: RegisteredEntry,
  spec: Specifications['api'],
  secrets: EntrySecrets | undefined,
  generation: Generation,
) {
  return {
    targetUrl: entry.targetUrl ?? '',
    credentials: secrets?.credentials && credentialsDetails(secrets.credentials, generation),
    spec: spec && (spec.isJson ? new RawJson(spec.text) : spec.text),
    specificationUrl: entry.specificationUrl || undefined,
    apiType: entry.apiType || undefined,
    requestParameters: parametersDetails(secrets?.parameters),
    headers: entry.headers && sortedMap(entry.headers),
    queryParameters: entry.queryParameters && sortedMap(entry.queryParameters),
  };
}

type KnownCredentials = NonNullable<EntrySecrets['credentials']>;

function credentialsDetails(credentials: KnownCredentials, generation: Generation) {
  const { type, authenticationUrl = '', csrfInfo, texts, headers, queryParameters } = credentials;
  const inClear = {
    headers: headers && sortedMap(headers),
    queryParameters: queryParameters && sortedMap(queryParameters),
  };
  switch (type) {
    case 'OAuth': {
      const requestParameters = generation.oauthParameters ? parametersDetails(texts) : undefined;
      const secret = { clientId: MASK, clientSecret: MASK };
      return { oauth: { url: authenticationUrl, ...secret, requestParameters, csrfInfo: csrf(csrfInfo) }, ...inClear };
    }
    case 'Basic':
      return { basic: { username: MASK, password: MASK, csrfInfo: csrf(csrfInfo) }, ...inClear };
    case 'CertificateGen': {
      const certificate = generation.certificateReadable ? Buffer.from(texts.crt ?? '').toString('base64') : undefined;
      return {
        certificateGen: { commonName: texts.commonName ?? '', certificate, csrfInfo: csrf(csrfInfo) },
        ...inClear,
      };
    }
    default:
      return undefined;
  }
}

const csrf = (info: CsrfInfo | undefined) => info && { tokenEndpointURL: info.tokenEndpointURL ?? '' };

/** Request parameters out of a Secret; undefined when it holds none. */
function parametersDetails(texts: Readonly<Record<string, string>> | undefined) {
  const { headers, queryParameters } = texts ?? {};
  if (headers === undefined && queryParameters === undefined) return undefined;
  const raw = (text: string | undefined) => (text === undefined ? undefined : rawOrText(text));
  return { headers: raw(headers), queryParameters: raw(queryParameters) };
}

function documentationDetails({ displayName = '', description = '', type = '', tags, docs }: Documentation) {
  return {
    displayName,
    description,
    type,
    tags: tags?.length ? tags : undefined,
    docs: docs?.length
      ? docs.map((doc) => ({ title: doc.title ?? '', type: doc.type ?? '', source: doc.source ?? '' }))
      : undefined,
  };
}

/** JSON as it stands in a Secret; what somebody put there that is not JSON becomes a text. */
function rawOrText(text: string): RawJson | string {
  try {
    JSON.parse(text);
    return new RawJson(text);
  } catch {
    return text;
  }
}
