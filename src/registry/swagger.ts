import { setImmediate } from 'node:timers/promises';
import { RawJson, writeJson } from '../go/json.ts';
import { type ObjectModel, type Shape, swaggerModel } from './swagger-model.ts';

/** A document that does not fit the model of Swagger 2.0; the message is Go's decoding error. */
export class SwaggerMisfit extends Error {}

type Members = Readonly<Record<string, unknown>>;

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The only version that is rewritten. */
export const isSwagger = (document: unknown): document is Members => isMembers(document) && document.swagger === '2.0';

/** A gateway as documents name it: `host`, with a path of its own where many services share it. */
export type GatewayAddress = string;

/**
 * Rewrites a parsed document so that it leads through the gateway: `host` is the gateway, `basePath` goes, the scheme
 * is `http`; members are brought into the model's order, unknown ones go. A large document gives way to other work
 * every now and then. (metadata-service §8.3)
 * @returns JSON text
 * @throws SwaggerMisfit
 */
export async function rewriteSwagger(document: Members, host: GatewayAddress): Promise<string> {
  const { paths, definitions } = document;
  return writeJson(
    adapt(
      { object: 'root' },
      {
        ...document,
        host,
        basePath: undefined,
        schemes: ['http'],
        ...(isMembers(paths) && { paths: await adaptInBatches({ object: 'paths' }, paths) }),
        ...(isMembers(definitions) && {
          definitions: await adaptInBatches({ map: { object: 'schema' } }, definitions),
        }),
      },
      ['SwaggerProps'],
    ),
  );
}

/** Members that are adapted without giving way. */
const BATCH = 200;

const isMap = (shape: Shape) => typeof shape === 'object' && 'map' in shape;

async function adaptInBatches(shape: Shape, members: Members): Promise<RawJson> {
  const sorted = sortedNames(members);
  // Of objects the extensions come first; in a map they are names like others.
  const names = isMap(shape) ? sorted : sorted.sort((a, b) => Number(isExtension(b)) - Number(isExtension(a)));
  const pieces: string[] = [];
  for (let from = 0; from < names.length; from += BATCH) {
    if (from > 0) await setImmediate();
    const batch = Object.fromEntries(names.slice(from, from + BATCH).map((name) => [name, members[name]]));
    const text = JSON.stringify(adapt(shape, batch, ['SwaggerProps'])).slice(1, -1);
    if (text) pieces.push(text);
  }
  return new RawJson(`{${pieces.join()}}`);
}

/** @throws SwaggerMisfit when a document cannot be read as Swagger 2.0, whatever version it says it is */
export function fitDocument(document: Members): unknown {
  return adapt({ object: 'root' }, document, ['SwaggerProps']);
}

type Place = readonly string[];

function adapt(shape: Shape, value: unknown, place: Place): unknown {
  if (value === null || shape === 'any' || value instanceof RawJson) return value;
  if (shape === 'text') return expectType('string', value, place);
  if (shape === 'flag') return expectType('boolean', value, place);
  if (shape === 'number') return expectType('number', value, place);
  if ('list' in shape) {
    if (!Array.isArray(value)) throw misfit(value, place);
    return value.map((item) => adapt(shape.list, item, place));
  }
  if ('either' in shape) return adapt(shape.either.find((one) => mayFit(one, value)) ?? 'any', value, place);
  if (!isMembers(value)) throw misfit(value, place);
  if ('map' in shape) {
    return Object.fromEntries(sortedNames(value).map((name) => [name, adapt(shape.map, value[name], place)]));
  }
  return fitObject(swaggerModel[shape.object], value, place);
}

function expectType(type: 'string' | 'boolean' | 'number', value: unknown, place: Place): unknown {
  if (typeof value !== type) throw misfit(value, place);
  return value;
}

function mayFit(shape: Shape, value: unknown): boolean {
  if (shape === 'any') return true;
  if (typeof shape === 'string') return typeof value === { text: 'string', flag: 'boolean', number: 'number' }[shape];
  return 'list' in shape ? Array.isArray(value) : isMembers(value);
}

function fitObject(model: ObjectModel, value: Members, place: Place): Members {
  const { members, extensions, others, always = {} } = model;
  const result: Record<string, unknown> = {};
  const names = sortedNames(value);
  const addExtensions = () => {
    for (const name of names) if (isExtension(name)) result[name.toLowerCase()] = value[name];
  };
  if (extensions === 'first') addExtensions();
  const byFold = new Map(names.map((name) => [name.toLowerCase(), name]));
  for (const [name, shape] of members) {
    if (typeof extensions === 'object' && extensions.before === name) addExtensions();
    const given = Object.hasOwn(value, name) ? name : byFold.get(name.toLowerCase());
    const member = given === undefined ? undefined : value[given];
    const fitted = member === undefined ? undefined : adapt(shape, member, [place[0] ?? '', name]);
    if (fitted !== undefined && !isEmpty(shape, fitted)) result[name] = fitted;
    else if (Object.hasOwn(always, name)) result[name] = always[name];
  }
  if (others) {
    const known = new Set(members.map(([name]) => name.toLowerCase()));
    for (const name of names) {
      if (isExtension(name) || known.has(name.toLowerCase()) || !others.names.test(name)) continue;
      result[name] = adapt(others.shape, value[name], place);
    }
  }
  if (extensions === 'last') addExtensions();
  return result;
}

const isExtension = (name: string) => /^x-/i.test(name);
const sortedNames = (value: Members) => Object.keys(value).sort();

/** What Go leaves out of an object: null, and of plain members empty texts, lists and maps, and `false`. */
function isEmpty(shape: Shape, value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (value instanceof RawJson) return isMap(shape) && value.text === '{}';
  if (shape === 'text') return value === '';
  if (shape === 'flag') return value === false;
  if (typeof shape === 'string') return false;
  if ('list' in shape) return Array.isArray(value) && value.length === 0;
  return 'map' in shape && isMembers(value) && Object.keys(value).length === 0;
}

const goTypes: Readonly<Record<string, string>> = {
  swagger: 'string',
  info: 'spec.InfoProps',
  paths: 'map[string]json.RawMessage',
};

function misfit(value: unknown, [struct = 'SwaggerProps', member = '']: Place): SwaggerMisfit {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  const type = goTypes[member] ?? 'string';
  return new SwaggerMisfit(`json: cannot unmarshal ${kind} into Go struct field ${struct}.${member} of type ${type}`);
}
