import type { IncomingMessage } from 'node:http';
import { createGunzip } from 'node:zlib';
import { messageOf } from '../../core/errors.ts';
import { givingWay, type Steps } from '../../core/give-way.ts';
import { jsonReading } from '../../go/json-value.ts';
import { isMembers } from '../../resources/schema.ts';
import { decodeObject } from '../protobuf/decode.ts';
import { ProtobufError } from '../protobuf/reader.ts';
import { mediaType } from './accept.ts';
import { badRequest, bodyTooLarge, unsupportedMediaType } from './status.ts';
import { withoutLoneSurrogates } from './surrogates.ts';
import { readYaml } from './yaml.ts';

/** What an API server takes at most. */
const BODY_LIMIT = 3 * 1024 * 1024;

/** Of one who sends more than this, the rest is not waited for. */
const PATIENCE = 20 * BODY_LIMIT;

/** As deep as the store keeps. */
const MAX_DEPTH = 500;

/** Reads a body. @throws ApiError 413 for one that is too large, 400 when it breaks off */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  const packed = request.headers['content-encoding'] === 'gzip';
  try {
    // Not destroyed on the way out, since then nothing would ever be read from this connection again.
    const plain = request.iterator({ destroyOnReturn: false });
    for await (const chunk of packed ? request.pipe(createGunzip()) : plain) {
      length += (chunk as Buffer).length;
      // What is left is read and forgotten, so that the client sees the answer instead of a broken connection.
      if (length <= BODY_LIMIT) chunks.push(chunk as Buffer);
      else if (packed || length > PATIENCE) break;
    }
  } catch (cause) {
    throw badRequest(`the body of the request cannot be read: ${messageOf(cause)}`, { cause });
  }
  if (length > BODY_LIMIT) throw bodyTooLarge(BODY_LIMIT);
  return Buffer.concat(chunks);
}

export type Members = Readonly<Record<string, unknown>>;

/** Types in which objects are accepted. */
const objectTypes = ['application/json', 'application/yaml', 'application/vnd.kubernetes.protobuf'];

/**
 * The object in a body. An absent content type means JSON.
 * @param kind what is expected, for messages
 * @throws ApiError 400, 415
 */
export async function readObject(request: IncomingMessage, kind: string): Promise<Members> {
  return parseObject(await readBody(request), request.headers['content-type'], kind);
}

async function parseObject(body: Buffer, contentType: string | undefined, kind: string): Promise<Members> {
  const { type } = mediaType(contentType || 'application/json');
  const read = Object.hasOwn(parsers, type) ? parsers[type] : undefined;
  if (!read) throw unsupportedMediaType(objectTypes);
  const value = await read(body, kind);
  if (!isMembers(value)) throw unrecognized(kind, 'the body is not an object');
  return value;
}

const unrecognized = (kind: string, why: string) =>
  badRequest(`the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; ${why}`);

const parsers: Readonly<Record<string, (body: Buffer, kind: string) => unknown | Promise<unknown>>> = {
  'application/json': (body, kind) => parseJson(body, (why) => unrecognized(kind, `json parse error: ${why}`)),
  'application/yaml': (body, kind) => parseYaml(body, (why) => unrecognized(kind, `yaml parse error: ${why}`)),
  'application/vnd.kubernetes.protobuf': parseProtobuf,
};

/** From this length on (bytes) a body is read in portions; the engine's own parser is faster, but reads in one piece. */
const LARGE = 64 * 1024;

export async function parseJson(body: Buffer, refuse: (why: string) => Error): Promise<unknown> {
  const text = withoutLoneSurrogates(body.toString('utf8'));
  try {
    const value = body.length < LARGE ? JSON.parse(text) : await givingWay(jsonReading(text));
    return await givingWay(shallow(value));
  } catch (cause) {
    throw refuse(messageOf(cause));
  }
}

/** Values between two pauses. */
const PAUSE = 1024;

/** Looks at every level at once instead of one inside the other, so that a hostile body cannot exhaust the stack. */
function* shallow(value: unknown): Steps<unknown> {
  let count = 0;
  for (let level = [value], depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) throw new Error(`nested deeper than ${MAX_DEPTH} levels`);
    const next: unknown[] = [];
    for (const item of level) {
      if (++count % PAUSE === 0) yield;
      if (typeof item !== 'object' || item === null) continue;
      // Of what holds nothing, one is as deep as all.
      let hasScalar = false;
      for (const inner of Object.values(item)) {
        if (typeof inner === 'object' && inner !== null) next.push(inner);
        else if (!hasScalar) hasScalar = next.push(inner) > 0;
      }
    }
    level = next;
  }
  return value;
}

/** JSON is YAML too, so both come this way where a client may send either. */
export async function parseYaml(body: Buffer, refuse: (why: string) => Error): Promise<unknown> {
  const text = body.toString('utf8');
  if (text.trimStart().startsWith('{')) return parseJson(body, refuse);
  try {
    return await givingWay(shallow(await readYaml(text)));
  } catch (cause) {
    throw refuse(messageOf(cause));
  }
}

function parseProtobuf(body: Buffer, kind: string): unknown {
  let decoded: ReturnType<typeof decodeObject>;
  try {
    decoded = decodeObject(body);
  } catch (error) {
    if (error instanceof ProtobufError) throw unrecognized(kind, `protobuf: ${error.message}`);
    throw error;
  }
  if ('unknown' in decoded) throw unsupportedMediaType(['application/json', 'application/yaml']);
  return decoded.object;
}
