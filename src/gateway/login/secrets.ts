import type { Secret } from '../../resources/core-kinds.ts';
import { type RequestParameters, readParameters } from './parameters.ts';

/** The content of one Secret, decoded once; missing keys are empty. (application-gateway §2.2) */
export class SecretContent {
  readonly #data: Readonly<Record<string, string>>;
  #parameters: RequestParameters | { readonly problem: string } | undefined;

  constructor(data: Readonly<Record<string, string>>) {
    this.#data = data;
  }

  has(key: string): boolean {
    return Object.hasOwn(this.#data, key);
  }

  get isEmpty(): boolean {
    return Object.keys(this.#data).length === 0;
  }

  bytes(key: string): Buffer {
    return Buffer.from(this.has(key) ? (this.#data[key] ?? '') : '', 'base64');
  }

  /** The bytes as they are, one character each. */
  binary(key: string): string {
    return this.bytes(key).toString('latin1');
  }

  text(key: string): string {
    return this.bytes(key).toString('utf8');
  }

  /** What the keys `headers` and `queryParameters` say, or why they cannot be read. */
  get parameters(): RequestParameters | { readonly problem: string } {
    const optional = (key: string) => (this.has(key) ? this.text(key) : undefined);
    this.#parameters ??= readParameters(optional('headers'), optional('queryParameters'));
    return this.#parameters;
  }
}

/** Derives the content of a Secret; decoding waits until somebody asks, because most Secrets are not ours. */
export const readSecret = ({ data = {} }: Pick<Secret, 'data'>) => new SecretContent(data);

/** Secrets by name and namespace: a view of the store with `derive: readSecret`. */
export interface Secrets {
  get(name: string, namespace: string): SecretContent | undefined;
}

/** Secrets of the namespaces that one gateway reads. */
export type SecretSource = (name: string) => SecretContent | undefined;

/** The first namespace that has the Secret counts. */
export function secretsIn(secrets: Secrets, namespaces: readonly string[]): SecretSource {
  return (name) => {
    for (const namespace of namespaces) {
      const content = secrets.get(name, namespace);
      if (content) return content;
    }
    return undefined;
  };
}
