import type { Path } from './problem.ts';

/**
 * The schema language of custom resources: the part of OpenAPI 3 that Kubernetes calls structural. One value of this
 * type gives the validation, the defaults, the TypeScript type (`Infer`) and, as it stands, the schema of a CRD.
 *
 * Not TypeBox: Kubernetes' messages, `nullable` and its treatment of nulls and defaults would all have to be built
 * around it (its errors name neither the value found nor one missing member each), and loading it costs some 200 ms
 * of every start. What is left of a checker after that is smaller than the adapter would be.
 */
export interface Schema {
  /** Absent where anything goes (`x-kubernetes-preserve-unknown-fields`, `x-kubernetes-int-or-string`). */
  readonly type?: 'object' | 'array' | 'string' | 'boolean' | 'integer' | 'number';
  readonly description?: string;
  /** Members of an object. What else it may have is dropped when it is written, unless unknown members are kept. */
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Of a map: what every member must be. Excludes `properties`. */
  readonly additionalProperties?: Schema | boolean;
  readonly items?: Schema;
  readonly enum?: readonly unknown[];
  readonly pattern?: string;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: boolean;
  readonly exclusiveMaximum?: boolean;
  readonly multipleOf?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly format?: string;
  /** `null` is a value of its own; elsewhere it means "not given". */
  readonly nullable?: boolean;
  readonly default?: unknown;
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly not?: Schema;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
  readonly 'x-kubernetes-int-or-string'?: boolean;
  /** How server-side apply sees a list: as one value, a set of values, or a map of items by their keys. */
  readonly 'x-kubernetes-list-type'?: 'atomic' | 'set' | 'map';
  readonly 'x-kubernetes-list-map-keys'?: readonly string[];
  readonly 'x-kubernetes-map-type'?: 'atomic' | 'granular';
  /** How a strategic merge patch changes a list of a core kind: `merge` goes item by item. */
  readonly 'x-kubernetes-patch-strategy'?: string;
  readonly 'x-kubernetes-patch-merge-key'?: string;
}

/** The TypeScript type of the values that a schema (declared `as const`) allows. */
export type Infer<S> = S extends { nullable: true } ? Plain<S> | null : Plain<S>;

type Plain<S> = S extends { enum: readonly (infer E)[] }
  ? E
  : S extends { type: 'string' }
    ? string
    : S extends { type: 'boolean' }
      ? boolean
      : S extends { type: 'integer' | 'number' }
        ? number
        : S extends { type: 'array'; items: infer I }
          ? readonly Infer<I>[]
          : S extends { additionalProperties: infer A }
            ? Readonly<Record<string, Infer<A>>>
            : S extends { properties: infer P }
              ? Members<P, S extends { required: readonly (infer N)[] } ? N : never>
              : unknown;

type Members<P, N> = { readonly [K in keyof P as K extends N ? K : never]: Infer<P[K]> } & {
  readonly [K in keyof P as K extends N ? never : K]?: Infer<P[K]> | undefined;
};

/** The schema of a member of an object, or of a map's values; undefined for members that the schema does not know. */
export function memberSchema({ properties, additionalProperties }: Schema, name: string): Schema | undefined {
  if (properties && Object.hasOwn(properties, name)) return properties[name];
  return typeof additionalProperties === 'object' ? additionalProperties : undefined;
}

/** The schema of what is at a place of a value; undefined where the schema says nothing. */
export function innerSchema(schema: Schema, path: Path): Schema | undefined {
  let inner: Schema | undefined = schema;
  for (const segment of path)
    inner = typeof segment === 'number' ? inner?.items : inner && memberSchema(inner, segment);
  return inner;
}

/** The names of the members that a schema knows at a place; none where any are allowed. */
export const memberNames = (schema: Schema, path: Path): string[] =>
  Object.keys(innerSchema(schema, path)?.properties ?? {});

/** What JSON calls a value, as Kubernetes' messages do: a whole number is an `integer`. */
export function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}

export const isMembers = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
