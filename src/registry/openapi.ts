import { stringify } from 'yaml';
import type { Generation } from './generations.ts';

/** The OpenAPI document that the service hands out at `api.yaml`, of what this generation has. (metadata-service §12) */
export function registryOpenApi(generation: Generation): string {
  const [title, tag] =
    generation.kind === 'Application'
      ? ['Kyma Application Registry API', 'Application Registry']
      : ['Kyma Metadata API', 'Metadata Service'];
  return stringify(
    {
      openapi: '3.0.0',
      info: { title, version: '1.0.0', description: 'Registers the APIs and events of connected systems.' },
      tags: [{ name: tag }],
      paths: paths(tag, generation),
      components: { schemas: schemas(generation) },
    },
    { aliasDuplicateObjects: false },
  );
}

const ref = (schema: string) => ({ $ref: `#/components/schemas/${schema}` });
const json = (schema: object) => ({ 'application/json': { schema } });
const answer = (description: string, schema?: object) => ({ description, ...(schema && { content: json(schema) }) });
const failure = (description: string) => answer(description, ref('MetadataErrorResponse'));
const body = (schema: string) => ({ required: true, content: json(ref(schema)) });
const id = { name: 'serviceId', in: 'path', required: true, schema: { type: 'string', format: 'uuid' } };

function paths(tag: string, generation: Generation) {
  const update = generation.kind === 'Application' ? 'ServiceUpdate' : 'ServiceDetails';
  const operation = (operationId: string, summary: string, rest: object) => ({
    tags: [tag],
    summary,
    operationId,
    ...rest,
  });
  const wrong = failure('The definition is wrong');
  const unknown = failure('There is no such service');
  const broken = failure('The service failed');
  return {
    '/v1/health': { get: operation('getHealth', 'Is the service alive', { responses: { 200: answer('It is') } }) },
    '/v1/metadata/services': {
      post: operation('registerService', 'Register a service', {
        requestBody: body('ServiceDetails'),
        responses: { 200: answer('Its id', ref('ServiceId')), 400: wrong, 500: broken },
      }),
      get: operation('getServices', 'List the registered services', {
        responses: { 200: answer('The services', { type: 'array', items: ref('Service') }), 500: broken },
      }),
    },
    '/v1/metadata/services/{serviceId}': {
      get: operation('getServiceByServiceId', 'Read a service', {
        parameters: [id],
        responses: { 200: answer('The service', ref('ServiceDetails')), 404: unknown, 500: broken },
      }),
      put: operation('updateService', 'Replace a service', {
        parameters: [id],
        requestBody: body(update),
        responses: { 200: answer('The service', ref('Service')), 404: unknown, 500: broken },
      }),
      delete: operation('deleteServiceByServiceId', 'Remove a service', {
        parameters: [id],
        responses: { 204: answer('It is gone'), 404: unknown, 500: broken },
      }),
    },
  };
}

const text = { type: 'string' };
const open = { type: 'object' };
const texts = { type: 'object', additionalProperties: text };
const lists = { type: 'object', additionalProperties: { type: 'array', items: text } };

const struct = (properties: Record<string, object | false>, required: readonly string[] = []) => ({
  type: 'object',
  ...(required.length > 0 && { required }),
  properties: Object.fromEntries(Object.entries(properties).filter(([, schema]) => schema !== false)),
});

function schemas(generation: Generation) {
  const isRegistry = generation.kind === 'Application';
  const csrfInfo = generation.csrf && struct({ tokenEndpointURL: text }, ['tokenEndpointURL']);
  const parameters = generation.requestParameters === 'secret' && ref('RequestParameters');
  const head = { provider: text, name: text, description: text, identifier: text, labels: texts };
  const certificate = generation.certificateReadable && text;
  const hasCertificate = generation.credentials.includes('certificateGen');
  const api = (credentials: string) =>
    struct(
      {
        targetUrl: text,
        credentials: ref(credentials),
        spec: open,
        specificationUrl: generation.fetches && text,
        apiType: generation.fetches && text,
        requestParameters: parameters,
        specificationCredentials: generation.specificationCredentials && ref('SpecificationCredentials'),
        specificationRequestParameters: generation.specificationCredentials && parameters,
      },
      ['targetUrl'],
    );
  const credentials = (certificateGen: string) =>
    struct({
      oauth: ref('OAuth'),
      basic: isRegistry && ref('Basic'),
      certificateGen: hasCertificate && ref(certificateGen),
    });
  const details = (apiSchema: string) =>
    struct(
      {
        ...head,
        shortDescription: text,
        api: ref(apiSchema),
        events: ref('Events'),
        documentation: ref('Documentation'),
      },
      ['provider', 'name', 'description'],
    );
  const oauth = struct(
    {
      url: text,
      clientId: text,
      clientSecret: text,
      requestParameters: generation.oauthParameters && parameters,
      csrfInfo,
    },
    ['url', 'clientId', 'clientSecret'],
  );
  const all: Record<string, object | false> = {
    ServiceId: struct({ id: { type: 'string', format: 'uuid' } }),
    Service: struct({ id: { type: 'string', format: 'uuid' }, ...head }),
    ServiceDetails: details('Api'),
    ServiceUpdate: isRegistry && details('ApiUpdate'),
    Api: api('ApiCredentials'),
    ApiUpdate: isRegistry && api('ApiCredentialsUpdate'),
    ApiCredentials: credentials('CertificateGen'),
    ApiCredentialsUpdate: isRegistry && credentials('CertificateGenUpdate'),
    SpecificationCredentials:
      generation.specificationCredentials && struct({ oauth: ref('OAuth'), basic: ref('Basic') }),
    RequestParameters: parameters && struct({ headers: lists, queryParameters: lists }),
    OAuth: oauth,
    Basic: isRegistry && struct({ username: text, password: text, csrfInfo }, ['username', 'password']),
    CertificateGen: hasCertificate && struct({ commonName: text, certificate, csrfInfo }, ['commonName']),
    CertificateGenUpdate: hasCertificate && struct({ commonName: text, csrfInfo }, ['commonName']),
    Events: struct({ spec: open }, ['spec']),
    Documentation: struct(
      {
        displayName: text,
        description: text,
        type: text,
        tags: { type: 'array', items: text },
        docs: { type: 'array', items: ref('Document') },
      },
      ['displayName', 'description', 'type'],
    ),
    Document: struct({ title: text, type: text, source: text }),
    MetadataErrorResponse: struct({ code: { type: 'integer' }, error: text }),
  };
  return Object.fromEntries(Object.entries(all).filter(([, schema]) => schema !== false));
}
