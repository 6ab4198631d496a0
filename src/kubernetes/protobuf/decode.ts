import { type Field, fieldsOf, isKnownObject } from './messages.ts';
import { fields, ProtobufError } from './reader.ts';

const MAGIC = Buffer.from('k8s\0');
const MAX_DEPTH = 20;

/** A decoded body, or the kind that this decoder does not know. */
export type Decoded =
  | { readonly object: Readonly<Record<string, unknown>> }
  | { readonly unknown: { readonly apiVersion: string; readonly kind: string } };

type Members = Record<string, unknown>;

/**
 * Decodes a request body of type `application/vnd.kubernetes.protobuf` into the object that JSON would have been.
 * (kubernetes-api §4.3)
 * @throws ProtobufError
 */
export function decodeObject(body: Buffer): Decoded {
  if (!body.subarray(0, MAGIC.length).equals(MAGIC)) throw new ProtobufError('the first bytes are not "k8s\\0"');
  const envelope = message('Unknown', body.subarray(MAGIC.length));
  const { apiVersion = '', kind = '' } = (envelope.typeMeta ?? {}) as { apiVersion?: string; kind?: string };
  if (!isKnownObject(apiVersion, kind)) return { unknown: { apiVersion, kind } };
  const raw = typeof envelope.raw === 'string' ? Buffer.from(envelope.raw, 'base64') : Buffer.alloc(0);
  return { object: { apiVersion, kind, ...message(kind, raw) } };
}

function message(name: string, bytes: Buffer, depth = 0): Members {
  const known = fieldsOf(name);
  if (!known || depth > MAX_DEPTH) throw new ProtobufError(`the message ${name} is not known`);
  const result: Members = {};
  for (const { number, value } of fields(bytes)) {
    const field = known.get(number);
    if (field) add(result, field, value, depth);
  }
  return result;
}

function add(result: Members, field: Field, value: Buffer | bigint, depth: number): void {
  const { name } = field;
  if (field.map) {
    const entry = mapEntry(field.type, value);
    const map = (result[name] ?? {}) as Members;
    Object.defineProperty(map, entry.key, { value: entry.value, enumerable: true, configurable: true, writable: true });
    result[name] = map;
  } else if (field.repeated) {
    result[name] = [...((result[name] as unknown[] | undefined) ?? []), read(field.type, value, depth)];
  } else {
    const decoded = read(field.type, value, depth);
    // Go writes what is not set as zero values; JSON has left them out.
    if (!isZero(decoded)) result[name] = decoded;
  }
}

const isZero = (value: unknown) =>
  value === undefined ||
  value === '' ||
  value === 0 ||
  value === false ||
  (typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length === 0);

const bytesOf = (value: Buffer | bigint): Buffer => {
  if (typeof value === 'bigint') throw new ProtobufError('a number stands where bytes belong');
  return value;
};
const numberOf = (value: Buffer | bigint): number => {
  if (typeof value !== 'bigint') throw new ProtobufError('bytes stand where a number belongs');
  return Number(value);
};

/** How the scalar types are read; every other type is a message. */
const scalars: Readonly<Record<string, (value: Buffer | bigint) => unknown>> = {
  string: (value) => bytesOf(value).toString('utf8'),
  bytes: (value) => bytesOf(value).toString('base64'),
  int: numberOf,
  bool: (value) => numberOf(value) !== 0,
  time: (value) => timeOf(bytesOf(value), 0),
  microTime: (value) => timeOf(bytesOf(value), 6),
  json: (value) => rawJson(bytesOf(value)),
  intOrString: (value) => intOrString(bytesOf(value)),
};

function read(type: string, value: Buffer | bigint, depth: number): unknown {
  const scalar = Object.hasOwn(scalars, type) ? scalars[type] : undefined;
  return scalar ? scalar(value) : message(type, bytesOf(value), depth + 1);
}

function mapEntry(type: string, value: Buffer | bigint): { key: string; value: unknown } {
  let key = '';
  let content: unknown = '';
  for (const field of fields(bytesOf(value))) {
    if (field.number === 1) key = bytesOf(field.value).toString('utf8');
    else if (field.number === 2) content = read(type, field.value, 0);
  }
  return { key, value: content };
}

/** RFC 3339 with this many digits of a second; nothing for an empty message, which means "not set". */
function timeOf(bytes: Buffer, digits: number): string | undefined {
  if (bytes.length === 0) return undefined;
  const { seconds = 0, nanos = 0 } = numbers(bytes);
  const time = new Date(seconds * 1000);
  if (Number.isNaN(time.getTime())) throw new ProtobufError('a time is out of range');
  const whole = time.toISOString().slice(0, 19);
  return digits === 0 ? `${whole}Z` : `${whole}.${String(nanos).padStart(9, '0').slice(0, digits)}Z`;
}

function numbers(bytes: Buffer): { seconds?: number; nanos?: number } {
  const [seconds, nanos] = [1, 2].map((number) => {
    const field = [...fields(bytes)].find((candidate) => candidate.number === number);
    return field && numberOf(field.value);
  });
  return { ...(seconds === undefined ? {} : { seconds }), ...(nanos === undefined ? {} : { nanos }) };
}

/** A FieldsV1: its only field holds JSON. */
function rawJson(bytes: Buffer): unknown {
  for (const { number, value } of fields(bytes)) {
    if (number !== 1) continue;
    try {
      return JSON.parse(bytesOf(value).toString('utf8'));
    } catch (cause) {
      throw new ProtobufError('managed fields are not JSON', { cause });
    }
  }
  return undefined;
}

function intOrString(bytes: Buffer): number | string | undefined {
  const found = new Map([...fields(bytes)].map(({ number, value }) => [number, value]));
  const isText = found.get(1) === 1n;
  const value = found.get(isText ? 3 : 2);
  if (value === undefined) return undefined;
  return isText ? bytesOf(value).toString('utf8') : numberOf(value);
}
