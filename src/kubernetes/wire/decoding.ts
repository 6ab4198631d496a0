import { splitApiVersion } from '../../resources/kind.ts';
import { fieldOf, type Path, type Problem } from '../../resources/problem.ts';
import type { KindReference } from '../../resources/resource.ts';
import { isMembers, type Schema } from '../../resources/schema.ts';
import { checkSchema } from '../../resources/schema-check.ts';
import { withDefaults } from '../../resources/schema-defaults.ts';
import { badRequest } from './status.ts';

/** What an API server's decoder says of values that are not of the type of their member. (kubernetes-api §8) */

export const cannotHandle = ({ apiVersion, kind }: KindReference, why: string) =>
  badRequest(
    `${kind} in version ${JSON.stringify(splitApiVersion(apiVersion).version)} cannot be handled as a ${kind}: ${why}`,
  );

/**
 * The identity that an object claims; empty for what it leaves out.
 * @throws ApiError 400 when it is no text
 */
export function identityOf(object: Readonly<Record<string, unknown>>, kind: string): KindReference {
  const text = (name: 'apiVersion' | 'kind'): string => {
    const value = object[name] ?? '';
    if (typeof value === 'string') return value;
    throw badRequest(
      `the object provided is unrecognized (must be of type ${kind}): couldn't get version/kind; json parse error: ` +
        `json: cannot unmarshal ${goKind(value)} into Go struct field .${name} of type string`,
    );
  };
  return { apiVersion: text('apiVersion'), kind: text('kind') };
}

/**
 * Checks that a value has the types of a schema; its other rules are for later. `null` is a member that is not given.
 * @param path where the value is
 * @throws ApiError 400 with the first thing that is wrong
 */
export function checkTypes(of: KindReference, schema: Schema, value: unknown, path: Path): void {
  const problems = checkSchema(schema, withDefaults(schema, value), path);
  const wrong = problems.find(({ reason }) => reason === 'FieldValueTypeInvalid');
  if (wrong) throw cannotHandle(of, mismatch(of, wrong));
}

/** A wrong type in Go's words. */
export function mismatch({ kind }: KindReference, { path, detail }: Problem): string {
  const found = /^Invalid value: "(\w+)"/.exec(detail)?.[1] ?? 'value';
  const wanted = /must be of type (\w+)/.exec(detail)?.[1] ?? 'another type';
  return `json: cannot unmarshal ${goNames[found] ?? found} into Go struct field ${kind}.${fieldOf(path)} of type ${goNames[wanted] ?? wanted}`;
}

const goNames: Readonly<Record<string, string>> = { integer: 'number', boolean: 'bool' };

function goKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (isMembers(value)) return 'object';
  return goNames[typeof value] ?? typeof value;
}
