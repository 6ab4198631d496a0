import { messageOf } from '../../core/errors.ts';
import { addMissing } from '../../go/query.ts';
import { decodeGo, goMap, goSlice, goString } from '../../go/struct.ts';
import { toBinary } from '../../go/url.ts';

/** Headers and query parameters that a Secret adds to a request. Texts are binary strings. (application-gateway §7) */
export interface RequestParameters {
  readonly headers: readonly AddedHeader[];
  /** Undefined: the query is left as it is. Even an empty one has the query encoded anew. */
  readonly query: ReadonlyMap<string, readonly string[]> | undefined;
}

export interface AddedHeader {
  readonly name: string;
  readonly values: readonly string[];
}

export const noParameters: RequestParameters = { headers: [], query: undefined };

const lists = goMap(goSlice(goString));

/**
 * Reads the JSON texts of a Secret; undefined for a key that it does not have.
 * @returns the end of the error text of §4 row 6 when one of them is malformed
 */
export function readParameters(
  headers: string | undefined,
  queryParameters: string | undefined,
): RequestParameters | { readonly problem: string } {
  const added = readLists(headers);
  if ('problem' in added) return { problem: `Failed to unmarshal headers, ${added.problem}` };
  const query = readLists(queryParameters);
  if ('problem' in query) return { problem: `Failed to unmarshal query parameters, ${query.problem}` };
  return {
    headers: added.lists.map(([name, values]) => ({ name, values })),
    query: queryParameters === undefined ? undefined : new Map(query.lists),
  };
}

type Lists = [name: string, values: string[]][];

function readLists(text: string | undefined): { lists: Lists } | { problem: string } {
  if (text === undefined) return { lists: [] };
  try {
    const decoded = decodeGo(text, lists) as Record<string, string[] | null> | null;
    const entries = Object.entries(decoded ?? {});
    return { lists: entries.map(([name, values]) => [toBinary(name), (values ?? []).map(toBinary)]) };
  } catch (error) {
    return { problem: messageOf(error) };
  }
}

/** Adds parameters to a query, which may begin with a question mark or be empty. Present names win. */
export function addToQuery(search: string, added: RequestParameters['query']): string {
  if (!added) return search;
  const encoded = addMissing(search.slice(1), added);
  return encoded === '' && search !== '?' ? '' : `?${encoded}`;
}
