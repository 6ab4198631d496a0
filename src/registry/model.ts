import { type GoType, goMap, goRaw, goSlice, goString, goStruct } from '../go/struct.ts';
import type { Generation } from './generations.ts';

/** A service definition as clients send it. Members that a generation does not know are never there. */
export interface ServiceDefinition {
  readonly provider?: string;
  readonly name?: string;
  readonly description?: string;
  readonly shortDescription?: string;
  readonly identifier?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly api?: ApiDefinition;
  readonly events?: { readonly spec?: string };
  readonly documentation?: Documentation;
}

export interface ApiDefinition {
  readonly targetUrl?: string;
  /** JSON text. */
  readonly spec?: string;
  readonly specificationUrl?: string;
  readonly apiType?: string;
  readonly credentials?: ApiCredentials;
  readonly requestParameters?: RequestParameters;
  readonly specificationCredentials?: Pick<ApiCredentials, 'oauth' | 'basic'>;
  readonly specificationRequestParameters?: RequestParameters;
  readonly headers?: Parameters;
  readonly queryParameters?: Parameters;
}

export interface ApiCredentials {
  readonly oauth?: OauthCredentials;
  readonly basic?: { readonly username?: string; readonly password?: string; readonly csrfInfo?: CsrfInfo };
  readonly certificateGen?: { readonly commonName?: string; readonly csrfInfo?: CsrfInfo };
  readonly headers?: Parameters;
  readonly queryParameters?: Parameters;
}

export interface OauthCredentials {
  readonly url?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly requestParameters?: RequestParameters;
  readonly csrfInfo?: CsrfInfo;
}

export interface CsrfInfo {
  readonly tokenEndpointURL?: string;
}

export type Parameters = Readonly<Record<string, readonly string[] | null>>;

export interface RequestParameters {
  readonly headers?: Parameters;
  readonly queryParameters?: Parameters;
}

export interface Documentation {
  readonly displayName?: string;
  readonly description?: string;
  readonly type?: string;
  readonly tags?: readonly string[];
  readonly docs?: readonly { readonly title?: string; readonly type?: string; readonly source?: string }[];
}

const struct = (name: string, fields: Record<string, GoType | undefined>): GoType =>
  goStruct(
    `externalapi.${name}`,
    Object.fromEntries(Object.entries(fields).flatMap(([key, type]) => (type ? [[key, type]] : []))),
  );
const strings = (...names: string[]) => Object.fromEntries(names.map((name) => [name, goString]));

/** How a generation decodes a service definition, with the names its errors use. (metadata-service §5.1, §6.5) */
export function definitionType(generation: Generation): GoType {
  const { credentialsSuffix: suffix, csrf, requestParameters, legacyParameters } = generation;
  const parameterMap = goMap(goSlice(goString));
  const inClear = { headers: parameterMap, queryParameters: parameterMap };
  const parameters = requestParameters === 'secret' ? struct('RequestParameters', inClear) : undefined;
  const csrfInfo = csrf ? struct('CSRFInfo', strings('tokenEndpointURL')) : undefined;
  const oauthMembers = {
    ...strings('url', 'clientId', 'clientSecret'),
    requestParameters: generation.oauthParameters ? parameters : undefined,
  };
  const basicMembers = strings('username', 'password');
  const known = (name: Generation['credentials'][number], type: GoType) =>
    generation.credentials.includes(name) ? type : undefined;

  const credentials = struct(`Credentials${suffix}`, {
    oauth: struct(`Oauth${suffix}`, { ...oauthMembers, csrfInfo }),
    basic: known('basic', struct(`BasicAuth${suffix}`, { ...basicMembers, csrfInfo })),
    certificateGen: known(
      'certificateGen',
      struct(`CertificateGen${suffix}`, { ...strings('commonName', 'certificate'), csrfInfo }),
    ),
    ...(requestParameters === 'legacy' ? inClear : {}),
  });
  const specificationCredentials = struct('Credentials', {
    oauth: struct('Oauth', oauthMembers),
    basic: struct('BasicAuth', basicMembers),
  });
  return struct('ServiceDetails', {
    ...strings('provider', 'name', 'description', 'shortDescription', 'identifier'),
    labels: goMap(goString),
    api: struct('API', {
      targetUrl: goString,
      credentials,
      spec: goRaw,
      ...(generation.fetches ? strings('specificationUrl', 'apiType') : {}),
      requestParameters: parameters,
      specificationCredentials: generation.specificationCredentials ? specificationCredentials : undefined,
      specificationRequestParameters: generation.specificationCredentials ? parameters : undefined,
      ...(requestParameters === 'legacy' || legacyParameters ? inClear : {}),
    }),
    events: struct('Events', { spec: goRaw }),
    documentation: struct('Documentation', {
      ...strings('displayName', 'description', 'type'),
      tags: goSlice(goString),
      docs: goSlice(struct('DocsObject', strings('title', 'type', 'source'))),
    }),
  });
}
