import type { Facts } from '../../http/annotations.ts';
import type { User } from '../access/users.ts';
import type { Target } from './target.ts';

const PART = 'kubernetes';

/** What a request to the API is about, in the words of `kubectl auth can-i`. */
export function factsOf(
  method: string | undefined,
  target: Target | undefined,
  query: string | undefined,
  user: User | undefined,
): Facts {
  if (!target) return { part: PART, user: user?.username };
  const { group, plural, name, namespace, subresource } = target;
  const kind = [plural, ...(group ? [group] : [])].join('.');
  return {
    part: PART,
    user: user?.username,
    verb: verbOf(method, name !== undefined, /(?:^|&)watch=(?:true|1)(?:&|$)/.test(query ?? '')),
    resource: [kind, name, subresource].filter((part) => part !== undefined).join('/'),
    namespace,
  };
}

const writing: Readonly<Record<string, string>> = { POST: 'create', PUT: 'update', PATCH: 'patch' };

function verbOf(method: string | undefined, isNamed: boolean, watches: boolean): string | undefined {
  if (method === 'GET' || method === 'HEAD') return isNamed ? 'get' : watches ? 'watch' : 'list';
  if (method === 'DELETE') return isNamed ? 'delete' : 'deletecollection';
  return writing[method ?? ''];
}
