import { readQuery } from '../../go/query.ts';
import { badRequest } from './status.ts';

/** The query of a request. */
export interface Query {
  get(name: string): string | undefined;
  flag(name: string): boolean;
}

const empty: Query = { get: () => undefined, flag: () => false };

export function parseQuery(text: string | undefined): Query {
  if (!text) return empty;
  const { values } = readQuery(text);
  const get = (name: string) => values.get(name)?.[0];
  return { get, flag: (name) => ['true', '1', 't', 'T', 'TRUE', 'True'].includes(get(name) ?? '') };
}

/** A whole number that is not negative. @throws ApiError 400 */
export function countOf(query: Query, name: string): number | undefined {
  const text = query.get(name);
  if (text === undefined || text === '') return undefined;
  if (!/^\d{1,15}$/.test(text)) throw badRequest(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return Number(text);
}

/** @throws ApiError 400 when something else than `All` is asked for */
export function isDryRun(values: readonly string[]): boolean {
  const wrong = values.find((value) => value !== 'All');
  if (wrong !== undefined) {
    throw badRequest(`dryRun: Unsupported value: ${JSON.stringify(wrong)}: supported values: "All"`);
  }
  return values.length > 0;
}

export const dryRunOf = (query: Query): boolean => {
  const value = query.get('dryRun');
  return isDryRun(value ? [value] : []);
};
