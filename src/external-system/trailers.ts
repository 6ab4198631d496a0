import { withBody } from './echo.ts';
import { type Endpoint, JSON_TYPE, RequestError, send, sendLongJson } from './exchange.ts';

/** Headers behind the body. (httpbin §6) */

/** Header names that cannot follow a body. */
const forbiddenTrailers = new Set(
  ['Authorization', 'Cache-Control', 'Connection', 'Content-Encoding', 'Content-Length', 'Content-Range']
    .concat(['Content-Type', 'Expect', 'Host', 'Keep-Alive', 'Max-Forwards', 'Pragma', 'Proxy-Authenticate'])
    .concat(['Proxy-Authorization', 'Proxy-Connection', 'Range', 'Set-Cookie', 'Te', 'Trailer', 'Transfer-Encoding'])
    .concat(['Www-Authenticate'])
    .map((name) => name.toLowerCase()),
);

/** `/trailers`: what the query says, as headers behind the body. */
export const trailers: Endpoint = async (exchange) => {
  const names = [...exchange.args.keys()].sort();
  const bad = names.find((name) => !/^[\w!#$%&'*+.^`|~-]+$/.test(name) || forbiddenTrailers.has(name.toLowerCase()));
  if (bad !== undefined) throw new RequestError(400, `forbidden trailer: ${bad}`);
  const { body } = await sendLongJson(await withBody(exchange));
  const value = (name: string) => (exchange.args.get(name)?.at(-1) ?? '').replace(/[^\x20-\x7e]/g, ' ');
  const answer = send(
    JSON_TYPE,
    (async function* () {
      yield String(body);
    })(),
  );
  return names.length === 0
    ? answer
    : { ...answer, trailers: Object.fromEntries(names.map((name) => [name, value(name)])) };
};
