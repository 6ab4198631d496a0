import { stringify } from 'yaml';
import type { ClientFamily } from './answers.ts';
import type { ConnectorGenerations } from './generations.ts';

/** The OpenAPI document that the service hands out at `/v1/api.yaml`. (connector-service §2.5) */
export function connectorOpenApi({ early, current }: ConnectorGenerations, families: readonly ClientFamily[]): string {
  const paths: Record<string, object> = {};
  for (const { collection } of early) Object.assign(paths, earlyPaths(collection));
  for (const family of current ? families : []) {
    Object.assign(paths, pairingPaths(family));
    if (current?.managementKeys.length) Object.assign(paths, managementPaths(family));
  }
  return stringify({
    openapi: '3.0.0',
    info: {
      title: 'Connector Service',
      version: '1.0.0',
      description: 'Pairs external systems with the cluster by client certificates.',
    },
    paths,
    components,
  });
}

const json = (schema: string) => ({ 'application/json': { schema: { $ref: `#/components/schemas/${schema}` } } });
const answer = (description: string, schema?: string) => ({ description, ...(schema && { content: json(schema) }) });
const errors = {
  400: answer('The request is wrong', 'Error'),
  403: answer('The token or certificate is not accepted', 'Error'),
  500: answer('The service failed', 'Error'),
};
const token = { name: 'token', in: 'query', required: true, schema: { type: 'string' } };
const header = (name: string) => ({ name, in: 'header', required: true, schema: { type: 'string' } });
const signingRequest = { required: true, content: json('SigningRequest') };

const earlyPaths = (collection: string) => {
  const name = { name: 'name', in: 'path', required: true, schema: { type: 'string' } };
  const base = `/v1/${collection}/{name}`;
  return {
    [`${base}/tokens`]: {
      post: { summary: 'Make a token', parameters: [name], responses: { 201: answer('The token', 'Token') } },
    },
    [`${base}/info`]: {
      get: {
        summary: 'What a signing request must say',
        parameters: [name, token],
        responses: { 200: answer('The information', 'Info'), ...errors },
      },
    },
    [`${base}/client-certs`]: {
      post: {
        summary: 'Sign a request',
        parameters: [name, token],
        requestBody: signingRequest,
        responses: { 201: answer('The certificate', 'Certificates'), ...errors },
      },
    },
  };
};

const tokenHeaders = { applications: [header('Application')], runtimes: [header('Tenant'), header('Group')] };

const pairingPaths = (family: ClientFamily) => ({
  [`/v1/${family}/tokens`]: {
    post: {
      summary: 'Make a token',
      parameters: tokenHeaders[family],
      responses: { 201: answer('The token', 'Token'), 400: errors[400] },
    },
  },
  [`/v1/${family}/signingRequests/info`]: {
    get: {
      summary: 'What a signing request must say',
      parameters: [token],
      responses: { 200: answer('The information', 'Info'), ...errors },
    },
  },
  [`/v1/${family}/certificates`]: {
    post: {
      summary: 'Sign a request',
      parameters: [token],
      requestBody: signingRequest,
      responses: { 201: answer('The certificates', 'Certificates'), ...errors },
    },
  },
});

const managementPaths = (family: ClientFamily) => ({
  [`/v1/${family}/management/info`]: {
    get: {
      summary: 'Addresses for a client with a certificate',
      responses: { 200: answer('The information', 'ManagementInfo'), ...errors },
    },
  },
  [`/v1/${family}/certificates/renewals`]: {
    post: {
      summary: 'Renew the certificate of the caller',
      requestBody: signingRequest,
      responses: { 201: answer('The certificates', 'Certificates'), ...errors },
    },
  },
  [`/v1/${family}/certificates/revocations`]: {
    post: {
      summary: 'Revoke the certificate of the caller; inside the cluster the one whose hash is given',
      requestBody: { content: json('Revocation') },
      responses: { 201: answer('Revoked'), ...errors },
    },
  },
});

const texts = (...names: string[]) => ({
  type: 'object',
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});
const certificate = texts('subject', 'extensions', 'key-algorithm');

const components = {
  schemas: {
    Token: texts('url', 'token'),
    Info: { type: 'object', properties: { csrUrl: { type: 'string' }, api: { type: 'object' }, certificate } },
    ManagementInfo: {
      type: 'object',
      properties: { clientIdentity: { type: 'object' }, urls: { type: 'object' }, certificate },
    },
    SigningRequest: texts('csr'),
    Certificates: texts('crt', 'clientCrt', 'caCrt'),
    Revocation: texts('hash'),
    Error: { type: 'object', properties: { code: { type: 'integer' }, error: { type: 'string' } } },
  },
};
