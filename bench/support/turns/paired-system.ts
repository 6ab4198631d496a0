import type { Call } from './call.ts';
import type { Kind } from './kinds.ts';
import { fill, MiB, names } from './texts.ts';

let count = 0;
const definition = (name: string, api: object = {}) => ({
  provider: 'Acme',
  // Taken only once.
  name: `${name} ${count++}`,
  description: 'A service',
  api: { targetUrl: 'http://httpbin.local/anything', ...api },
});
const register = (body: string): Call => ({
  to: ({ metadataUrl }) => metadataUrl,
  method: 'POST',
  paired: true,
  headers: { 'Content-Type': 'application/json' },
  body,
});
const registration = (name: string, body: () => string): Kind => ({
  name: `registry: ${name}`,
  get calls() {
    return [register(body())];
  },
});
/** A definition with a specification of this JSON text. */
const withSpec = (name: string, spec: () => string) =>
  registration(name, () => JSON.stringify(definition(name, { spec: 0 })).replace('"spec":0', () => `"spec":${spec()}`));

const LARGE = 10 * MiB;
const paths = (size: number) =>
  `{${names(size, (at) => `"/p${at}":{"get":{"responses":{"200":{"description":"x"}}}}`, ',')}}`;

/** Requests of a system that is paired. */
export const pairedSystem: readonly Kind[] = [
  registration('a target of words', () => JSON.stringify(definition('words', { targetUrl: fill('a.', 80_000) }))),
  registration('a target of schemes', () => JSON.stringify(definition('schemes', { targetUrl: fill('a://b:', MiB) }))),
  registration('JSON, nested', () => `{"x":${fill('[', 900)}${fill('1,', LARGE)}1${fill(']', 900)}}`),
  registration('JSON, nested far too deep', () => fill('[', LARGE)),
  registration('JSON of names', () => `{${names(LARGE, (at) => `"${at}":1`, ',')}}`),
  registration('JSON of one name', () => `{${fill('"name":"a",', LARGE)}"name":"a"}`),
  registration('labels', () => `{"labels":{${names(LARGE, (at) => `"${at}":"1"`, ',')}}}`),
  withSpec('a specification of lists, 10 MiB', () => `{"a":[${fill('[],', LARGE)}1]}`),
  withSpec('a specification of names, 10 MiB', () => `{${names(LARGE, (at) => `"${at}":1`, ',')}}`),
  withSpec('a specification of one text, 10 MiB', () => `{"a":"${fill('a', LARGE)}"}`),
  withSpec('a specification of blanks, 10 MiB', () => `{"a":1${fill(' ', LARGE)}}`),
  withSpec('a specification of blanks between, 10 MiB', () => `{"a":[${fill('1, ', LARGE)}1]}`),
  withSpec('Swagger of many paths, 10 MiB', () => `{"swagger":"2.0","paths":${paths(LARGE)}}`),
  withSpec(
    'Swagger of one path with many members',
    () => `{"swagger":"2.0","paths":{"/a":{${names(LARGE, (at) => `"x-${at}":1`, ',')}}}}`,
  ),
  withSpec(
    'Swagger of one deep schema',
    () => `{"swagger":"2.0","definitions":{"a":${fill('{"items":', 4000)}{}${fill('}', 444)}}}`,
  ),
  {
    name: 'renewal: beginnings of PEM',
    calls: [
      {
        to: ({ certificatesUrl }) => `${certificatesUrl}/renewals`,
        method: 'POST',
        paired: true,
        get body() {
          return JSON.stringify({ csr: Buffer.from(fill('-----BEGIN X-----\n', 720 * 1024)).toString('base64') });
        },
      },
    ],
  },
];
