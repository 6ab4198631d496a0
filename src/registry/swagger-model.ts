/**
 * The shape of a Swagger 2.0 document as the registry knows it: which members an object has, in which order they are
 * written, and what they hold. What is not in it is lost when a document is rewritten. (metadata-service §8.3, §17.10)
 */
export type Shape =
  | 'text'
  | 'flag'
  /** Zero is a value, so only an absent one is left out. */
  | 'number'
  | 'any'
  | { readonly list: Shape }
  | { readonly map: Shape }
  | { readonly object: ObjectName }
  /** The first shape whose JSON kind fits. */
  | { readonly either: readonly Shape[] };

export interface ObjectModel {
  readonly members: readonly (readonly [name: string, shape: Shape])[];
  /** Where members that start with `x-` go; without it they are lost. */
  readonly extensions?: 'first' | 'last' | { readonly before: string };
  /** What other members hold whose names fit; they are written after all others. */
  readonly others?: { readonly names: RegExp; readonly shape: Shape };
  /** Members that are written even when there is nothing in them, and what then. */
  readonly always?: Readonly<Record<string, unknown>>;
}

export type ObjectName =
  | 'root'
  | 'info'
  | 'contact'
  | 'license'
  | 'paths'
  | 'pathItem'
  | 'operation'
  | 'parameter'
  | 'items'
  | 'responses'
  | 'response'
  | 'header'
  | 'schema'
  | 'xml'
  | 'securityScheme'
  | 'tag'
  | 'externalDocs';

const object = (name: ObjectName): Shape => ({ object: name });
const list = (shape: Shape): Shape => ({ list: shape });
const map = (shape: Shape): Shape => ({ map: shape });
const texts = list('text');
const schema = object('schema');

type Member = readonly [string, Shape];

const validations: readonly Member[] = [
  ['maximum', 'number'],
  ['exclusiveMaximum', 'flag'],
  ['minimum', 'number'],
  ['exclusiveMinimum', 'flag'],
  ['maxLength', 'number'],
  ['minLength', 'number'],
  ['pattern', 'text'],
  ['maxItems', 'number'],
  ['minItems', 'number'],
  ['uniqueItems', 'flag'],
  ['multipleOf', 'number'],
  ['enum', list('any')],
];

const simpleType: readonly Member[] = [
  ['type', 'text'],
  ['format', 'text'],
  ['items', object('items')],
  ['collectionFormat', 'text'],
  ['default', 'any'],
  ['example', 'any'],
];

const security = list(map(texts));

export const swaggerModel: Readonly<Record<ObjectName, ObjectModel>> = {
  root: {
    members: [
      ['id', 'text'],
      ['consumes', texts],
      ['produces', texts],
      ['schemes', texts],
      ['swagger', 'text'],
      ['info', object('info')],
      ['host', 'text'],
      ['basePath', 'text'],
      ['paths', object('paths')],
      ['definitions', map(schema)],
      ['parameters', map(object('parameter'))],
      ['responses', map(object('response'))],
      ['securityDefinitions', map(object('securityScheme'))],
      ['security', security],
      ['tags', list(object('tag'))],
      ['externalDocs', object('externalDocs')],
    ],
    extensions: 'last',
    always: { paths: null },
  },
  info: {
    members: [
      ['description', 'text'],
      ['title', 'text'],
      ['termsOfService', 'text'],
      ['contact', object('contact')],
      ['license', object('license')],
      ['version', 'text'],
    ],
    extensions: 'last',
  },
  contact: {
    members: [
      ['name', 'text'],
      ['url', 'text'],
      ['email', 'text'],
    ],
  },
  license: {
    members: [
      ['name', 'text'],
      ['url', 'text'],
    ],
  },
  paths: { members: [], extensions: 'first', others: { names: /^\//, shape: object('pathItem') } },
  pathItem: {
    members: [
      ['$ref', 'text'],
      ['get', object('operation')],
      ['put', object('operation')],
      ['post', object('operation')],
      ['delete', object('operation')],
      ['options', object('operation')],
      ['head', object('operation')],
      ['patch', object('operation')],
      ['parameters', list(object('parameter'))],
    ],
    extensions: 'first',
  },
  operation: {
    members: [
      ['security', security],
      ['description', 'text'],
      ['consumes', texts],
      ['produces', texts],
      ['schemes', texts],
      ['tags', texts],
      ['summary', 'text'],
      ['externalDocs', object('externalDocs')],
      ['operationId', 'text'],
      ['deprecated', 'flag'],
      ['parameters', list(object('parameter'))],
      ['responses', object('responses')],
    ],
    extensions: 'last',
  },
  parameter: {
    members: [
      ['$ref', 'text'],
      ...validations,
      ...simpleType,
      ['description', 'text'],
      ['name', 'text'],
      ['in', 'text'],
      ['required', 'flag'],
      ['schema', schema],
      ['allowEmptyValue', 'flag'],
    ],
    extensions: { before: 'description' },
  },
  items: { members: [['$ref', 'text'], ...validations, ...simpleType], extensions: 'first' },
  responses: {
    members: [],
    extensions: 'last',
    others: { names: /^(?:default|\d+)$/, shape: object('response') },
  },
  response: {
    members: [
      ['description', 'text'],
      ['schema', schema],
      ['headers', map(object('header'))],
      ['examples', map('any')],
      ['$ref', 'text'],
    ],
    extensions: 'last',
    always: { description: '' },
  },
  header: { members: [...validations, ...simpleType, ['description', 'text']], extensions: 'last' },
  schema: {
    members: [
      ['id', 'text'],
      ['description', 'text'],
      ['type', { either: ['text', texts] }],
      ['format', 'text'],
      ['title', 'text'],
      ['default', 'any'],
      ...validations,
      ['maxProperties', 'number'],
      ['minProperties', 'number'],
      ['required', texts],
      ['items', { either: [schema, list(schema)] }],
      ['allOf', list(schema)],
      ['oneOf', list(schema)],
      ['anyOf', list(schema)],
      ['not', schema],
      ['properties', map(schema)],
      ['additionalProperties', { either: [schema, 'any'] }],
      ['patternProperties', map(schema)],
      ['dependencies', map({ either: [schema, texts] })],
      ['additionalItems', { either: [schema, 'any'] }],
      ['definitions', map(schema)],
      ['$ref', 'text'],
      ['$schema', 'text'],
      ['discriminator', 'text'],
      ['readOnly', 'flag'],
      ['xml', object('xml')],
      ['externalDocs', object('externalDocs')],
      ['example', 'any'],
    ],
    extensions: { before: '$ref' },
    others: { names: /./, shape: 'any' },
  },
  xml: {
    members: [
      ['name', 'text'],
      ['namespace', 'text'],
      ['prefix', 'text'],
      ['attribute', 'flag'],
      ['wrapped', 'flag'],
    ],
  },
  securityScheme: {
    members: [
      ['description', 'text'],
      ['type', 'text'],
      ['name', 'text'],
      ['in', 'text'],
      ['flow', 'text'],
      ['authorizationUrl', 'text'],
      ['tokenUrl', 'text'],
      ['scopes', map('text')],
    ],
    extensions: 'last',
  },
  tag: {
    members: [
      ['description', 'text'],
      ['name', 'text'],
      ['externalDocs', object('externalDocs')],
    ],
    extensions: 'last',
  },
  externalDocs: {
    members: [
      ['description', 'text'],
      ['url', 'text'],
    ],
  },
};
