import type { IncomingMessage, ServerResponse } from 'node:http';
import { namespaceKind } from '../resources/kinds.ts';
import { issueToken } from './access/reviews.ts';
import type { Users } from './access/users.ts';
import { deletesCollections } from './discovery/discovery.ts';
import type { FieldValidation } from './objects/admission.ts';
import type { ServedKind } from './objects/catalog.ts';
import type { Item, Place } from './objects/context.ts';
import { create } from './objects/create.ts';
import { patch } from './objects/patch.ts';
import { get, itemText, listOf, type Reading } from './objects/read.ts';
import { checkRemovable, deleteOptions, remove, removeAll, success } from './objects/remove.ts';
import { update } from './objects/update.ts';
import type { WatchStreams } from './objects/watch.ts';
import type { WriteOptions } from './objects/write.ts';
import type { StreamHandler, StreamTarget } from './streams/handler.ts';
import { formOf } from './wire/accept.ts';
import { readBody, readObject } from './wire/body.ts';
import { dryRunOf, type Query } from './wire/query.ts';
import { type Headers, JSON_TYPE, send, sendJson, sendText } from './wire/respond.ts';
import { badRequest, methodNotAllowed, noSuchResource } from './wire/status.ts';
import type { Target } from './wire/target.ts';
import { warningHeaders } from './wire/warnings.ts';

/** What requests for resources are answered with. */
export interface Services extends Reading {
  readonly watches: WatchStreams;
  readonly users: Users;
  readonly streams: StreamHandler | undefined;
}

/** One request for a resource or a collection of a kind that is served. */
export interface ResourceRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly target: Target;
  readonly query: Query;
  readonly served: ServedKind;
}

/** Answers a request for resources. (kubernetes-api §6) @throws ApiError */
export async function answer(services: Services, asked: ResourceRequest): Promise<void> {
  const { target, request } = asked;
  const place = { served: asked.served, namespace: target.namespace };
  const { namespaced } = asked.served.kind;
  if (target.namespace !== undefined && !namespaced) throw noSuchResource();
  if (target.name === undefined) {
    return run(collectionVerbs, request.method, { services, asked, item: { ...place, name: '' } });
  }
  if (namespaced && target.namespace === undefined) throw noSuchResource();
  const item = { ...place, name: target.name };
  if (target.subresource === undefined) return run(itemVerbs, request.method, { services, asked, item });
  return subresource({ services, asked, item }, target.subresource);
}

interface Call {
  readonly services: Services;
  readonly asked: ResourceRequest;
  readonly item: Item;
}

type Verb = (call: Call) => Promise<void>;
type Verbs = Readonly<Record<string, Verb>>;

function run(verbs: Verbs, method: string | undefined, call: Call): Promise<void> {
  const verb = Object.hasOwn(verbs, method ?? '') ? verbs[method ?? ''] : undefined;
  if (!verb) throw methodNotAllowed();
  return verb(call);
}

const collectionVerbs: Verbs = {
  GET: async ({ services, asked, item }) => {
    const { query, request, response } = asked;
    const form = formOf(request.headers.accept);
    if (query.flag('watch')) return services.watches.start(services, item, form, query, response);
    await sendText(response, 200, JSON_TYPE, await listOf(services, item, form, query), deprecation(item));
  },
  POST: async (call) => {
    const { services, asked, item } = call;
    if (item.served.kind.namespaced && item.namespace === undefined) throw methodNotAllowed();
    const object = await readObject(asked.request, item.served.kind.kind);
    const { options, headers } = writeOptions(call);
    const created = await create(services, item, object, options);
    reply(call, 201, itemText(services, item, created, formOf(asked.request.headers.accept), asked.query), headers);
  },
  DELETE: async (call) => {
    const { services, asked, item } = call;
    const { kind } = item.served;
    if ((kind.namespaced && item.namespace === undefined) || !deletesCollections(kind)) throw methodNotAllowed();
    const options = deleteOptions(await optionalObject(asked.request), asked.query);
    const deleted = await removeAll(services, item, asked.query, options);
    const { listKind, apiVersion } = item.served;
    await sendText(asked.response, 200, JSON_TYPE, services.texts.list(listKind, apiVersion, '{}', deleted));
  },
};

const itemVerbs: Verbs = {
  GET: async (call) => {
    const { services, asked, item } = call;
    const form = formOf(asked.request.headers.accept);
    reply(call, 200, itemText(services, item, await get(services, item), form, asked.query), deprecation(item));
  },
  PUT: (call) => put(call),
  PATCH: (call) => patchItem(call),
  DELETE: async (call) => {
    const { services, asked, item } = call;
    const options = deleteOptions(await optionalObject(asked.request), asked.query);
    checkRemovable(item);
    const { resource, removed } = await remove(services, item, options);
    if (removed) {
      sendJson(asked.response, 200, success(item, resource), deprecation(item));
      return;
    }
    reply(call, 200, services.texts.of(resource, item.served.apiVersion), deprecation(item));
  },
};

const statusVerbs: Verbs = {
  GET: (call) => (itemVerbs.GET as Verb)(call),
  PUT: (call) => put(call, 'status'),
  PATCH: (call) => patchItem(call, 'status'),
};

async function put(call: Call, part?: string): Promise<void> {
  const { services, asked, item } = call;
  const object = await readObject(asked.request, item.served.kind.kind);
  const { options, headers } = writeOptions(call, part);
  const updated = await update(services, item, object, options);
  reply(call, 200, itemText(services, item, updated, formOf(asked.request.headers.accept), asked.query), headers);
}

async function patchItem(call: Call, part?: string): Promise<void> {
  const { services, asked, item } = call;
  const { request, query } = asked;
  const body = await readBody(request);
  const { options, headers } = writeOptions(call, part);
  const { resource, created } = await patch(
    services,
    item,
    {
      contentType: request.headers['content-type'],
      body,
      force: query.flag('force'),
      named: Boolean(query.get('fieldManager')),
    },
    options,
  );
  const text = itemText(services, item, resource, formOf(request.headers.accept), query);
  reply(call, created ? 201 : 200, text, headers);
}

async function subresource(call: Call, name: string): Promise<void> {
  const { asked, item, services } = call;
  const { kind } = item.served;
  const { method } = asked.request;
  if (name === 'status' && kind.statusSubresource) return run(statusVerbs, method, call);
  if (name === 'finalize' && kind === namespaceKind) return run({ PUT: (put_) => put(put_, 'finalize') }, method, call);
  if (name === 'token' && !kind.custom && kind.plural === 'serviceaccounts') return run({ POST: token }, method, call);
  const stream = streamTarget(asked.target);
  if (!stream || !services.streams?.request(asked.request, asked.response, stream)) throw noSuchResource();
}

async function token({ services, asked, item }: Call): Promise<void> {
  const account = await get(services, item);
  const object = await readObject(asked.request, 'TokenRequest');
  sendJson(asked.response, 201, issueToken(services.users, services.clock, account, object));
}

const streamNames = new Set(['portforward', 'exec', 'attach', 'log']);

/** The stream that a path asks for; undefined for any other path. */
export function streamTarget({ apiVersion, plural, namespace, name, subresource }: Target): StreamTarget | undefined {
  if (apiVersion !== 'v1' || namespace === undefined || name === undefined || !streamNames.has(subresource ?? '')) {
    return undefined;
  }
  const stream = { namespace, subresource: subresource as StreamTarget['subresource'] };
  if (plural === 'pods') return { ...stream, pod: name };
  return plural === 'services' ? { ...stream, service: name } : undefined;
}

async function optionalObject(request: IncomingMessage) {
  const { 'content-length': length, 'transfer-encoding': chunked } = request.headers;
  if (!chunked && (length === undefined || length === '0')) return undefined;
  return readObject(request, 'DeleteOptions');
}

const validations = new Set(['Strict', 'Warn', 'Ignore']);

function writeOptions({ asked, item }: Call, part?: string): { options: WriteOptions; headers: () => Headers } {
  const { query, request } = asked;
  const validation = query.get('fieldValidation') || 'Warn';
  if (!validations.has(validation)) {
    throw badRequest(
      `fieldValidation: Unsupported value: ${JSON.stringify(validation)}: supported values: "Ignore", "Strict", "Warn"`,
    );
  }
  const warnings = deprecations(item);
  const options: WriteOptions = {
    validation: validation as FieldValidation,
    dryRun: dryRunOf(query),
    manager: query.get('fieldManager') || managerOf(request.headers['user-agent']),
    subresource: part,
    warn: (text) => warnings.add(text),
  };
  return { options, headers: () => warningHeaders(warnings) };
}

/** Who writes when nobody says it: the program's name. (kubernetes-api §6.4) */
const managerOf = (userAgent = '') => userAgent.split('/')[0]?.slice(0, 128) || 'unknown';

const deprecations = ({ served }: Place) => new Set(served.form.deprecation ? [served.form.deprecation] : []);

const deprecation = (place: Place): Headers => warningHeaders(deprecations(place));

function reply({ asked }: Call, status: number, text: string, headers: Headers | (() => Headers) = {}): void {
  send(asked.response, status, JSON_TYPE, text, typeof headers === 'function' ? headers() : headers);
}
