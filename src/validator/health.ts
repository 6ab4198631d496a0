import { cleanPath, splitTarget } from '../go/path.ts';
import type { Site } from '../http/site.ts';
import { carryOut } from './outcome.ts';

/** The validator's external API: whether it is alive. (application-gateway §18) */
export function createValidatorHealthSite(): Site {
  return {
    handle(request, response) {
      const { path, query } = splitTarget(request.url ?? '/');
      const clean = cleanPath(path);
      if (path === '/v1/health') return carryOut({ kind: 'empty', status: 200 }, request, response);
      if (clean === path)
        return carryOut({ kind: 'plain', status: 404, text: '404 page not found\n' }, request, response);
      carryOut({ kind: 'redirect', location: clean + (query === undefined ? '' : `?${query}`) }, request, response);
    },
    close: async () => {},
  };
}
