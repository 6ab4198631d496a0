/**
 * The schema language of custom resources: the part of OpenAPI 3 that Kubernetes calls structural. One value of this
 * type gives the validation, the defaults, the TypeScript type (`Infer`) and, as it stands, the schema of a CRD.
 *
 * Not TypeBox: Kubernetes' messages, `nullable` and its treatment of nulls and defaults would all have to be built
 * around it (its errors name neither the value found nor one missing member each), and loading it costs some 200 ms
 * of every start. What is left of a checker after that is smaller than the adapter would be.
 */
export interface Schema {
  readonly type: 'object' | 'array' | 'string' | 'boolean' | 'integer' | 'number';
  readonly description?: string;
  /** Members of an object; others are allowed and not looked at. */
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  /** Of a map: what every member must be. Excludes `properties`. */
  readonly additionalProperties?: Schema;
  readonly items?: Schema;
  readonly enum?: readonly string[];
  readonly pattern?: string;
  readonly maxLength?: number;
  readonly format?: 'byte' | 'date-time';
  /** `null` is a value of its own; elsewhere it means "not given". */
  readonly nullable?: boolean;
  readonly default?: string | number | boolean;
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
