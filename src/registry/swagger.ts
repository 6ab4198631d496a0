import type { Steps } from '../core/give-way.ts';
import { writing } from '../go/json.ts';
import { setMember } from '../go/json-value.ts';
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
 * is `http`; members are brought into the model's order, unknown ones go. In portions, since a document may be large.
 * (metadata-service §8.3)
 * @returns JSON text
 * @throws SwaggerMisfit
 */
export function* rewritingSwagger(document: Members, host: GatewayAddress): Steps<string> {
  const rewritten = { ...document, host, basePath: undefined, schemes: ['http'] };
  return yield* writing(yield* fittingDocument(rewritten));
}

/** @throws SwaggerMisfit when a document cannot be read as Swagger 2.0, whatever version it says it is */
export const fittingDocument = (document: Members): Steps<unknown> =>
  adapt({ object: 'root' }, document, ['SwaggerProps'], { count: 0 });

type Place = readonly string[];

/** How much has been done, so that there is a pause now and then. */
interface Progress {
  count: number;
}

/** Values between two pauses. */
const PAUSE = 128;

/** So many members of one object cannot be put into order in a moment; such a document stays as it is. */
const MAX_MEMBERS = 50_000;

/** Whether nothing has to be looked into. */
const isPlain = (shape: Shape, value: unknown): shape is Extract<Shape, string> =>
  typeof shape === 'string' || value === null;

function plainly(shape: Shape, value: unknown, place: Place): unknown {
  if (value === null || typeof shape !== 'string' || shape === 'any') return value;
  return expectType(({ text: 'string', flag: 'boolean', number: 'number' } as const)[shape], value, place);
}

function* adapt(shape: Shape, value: unknown, place: Place, progress: Progress): Steps<unknown> {
  if (++progress.count % PAUSE === 0) yield;
  if (isPlain(shape, value)) return plainly(shape, value, place);
  if ('list' in shape) {
    if (!Array.isArray(value)) throw misfit(value, place);
    const { list } = shape;
    const items: unknown[] = [];
    for (const item of value) {
      items.push(isPlain(list, item) ? plainly(list, item, place) : yield* adapt(list, item, place, progress));
    }
    return items;
  }
  if ('either' in shape) {
    return yield* adapt(shape.either.find((one) => mayFit(one, value)) ?? 'any', value, place, progress);
  }
  if (!isMembers(value)) throw misfit(value, place);
  if (!('map' in shape)) return yield* fitObject(swaggerModel[shape.object], value, place, progress);
  const members: Record<string, unknown> = {};
  for (const name of sortedNames(value)) {
    setMember(members, name, yield* adapt(shape.map, value[name], place, progress));
  }
  return members;
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

/** The names of the members of each model, as they are spelled. */
const ownNames: ReadonlyMap<ObjectModel, ReadonlySet<string>> = new Map(
  Object.values(swaggerModel).map((model) => [model, new Set(model.members.map(([name]) => name))]),
);

function* fitObject(model: ObjectModel, value: Members, place: Place, progress: Progress): Steps<Members> {
  const { members, extensions, others, always = {} } = model;
  const result: Record<string, unknown> = {};
  const names = sortedNames(value);
  const addExtensions = () => {
    for (const name of names) if (isExtension(name)) result[name.toLowerCase()] = value[name];
  };
  if (extensions === 'first') addExtensions();
  const own = ownNames.get(model);
  const byFold = new Map(names.flatMap((name) => (own?.has(name) ? [] : [[name.toLowerCase(), name] as const])));
  for (const [name, shape] of members) {
    if (typeof extensions === 'object' && extensions.before === name) addExtensions();
    const given = Object.hasOwn(value, name) ? name : byFold.get(name.toLowerCase());
    const member = given === undefined ? undefined : value[given];
    if (member !== undefined) {
      const inside = [place[0] ?? '', name];
      const fitted = isPlain(shape, member)
        ? plainly(shape, member, inside)
        : yield* adapt(shape, member, inside, progress);
      if (!isEmpty(shape, fitted)) {
        result[name] = fitted;
        continue;
      }
    }
    if (Object.hasOwn(always, name)) result[name] = always[name];
  }
  if (others) {
    const known = new Set(members.map(([name]) => name.toLowerCase()));
    for (const name of names) {
      if (isExtension(name) || known.has(name.toLowerCase()) || !others.names.test(name)) continue;
      setMember(result, name, yield* adapt(others.shape, value[name], place, progress));
    }
  }
  if (extensions === 'last') addExtensions();
  return result;
}

const isExtension = (name: string) => /^x-/i.test(name);

function sortedNames(value: Members): string[] {
  const names = Object.keys(value);
  if (names.length > MAX_MEMBERS) throw new SwaggerMisfit(`an object has more than ${MAX_MEMBERS} members`);
  return names.sort();
}

/** What Go leaves out of an object: null, and of plain members empty texts, lists and maps, and `false`. */
function isEmpty(shape: Shape, value: unknown): boolean {
  if (value === null || value === undefined) return true;
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
