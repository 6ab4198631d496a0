import { givingWay } from '../../core/give-way.ts';
import { encodeGoJson } from '../../go/json.ts';
import { type ParsedQuery, queryReading, readQuery } from '../../go/query.ts';
import { readBytes } from '../body.ts';
import { parseDuration } from '../duration.ts';
import { type Answer, type EndpointExchange, RequestError, send, sendEmpty } from '../exchange.ts';
import { first, type Values } from '../query.ts';
import { lifetimes, MAX_FORM_SIZE } from './settings.ts';
import type { TokenIssuer } from './token-issuer.ts';

/** Token endpoints for the grant "client credentials". (external-systems §2.3, §2.7) */

type Expected = Readonly<Record<string, string>>;

const withSecret = ({ credentials }: TokenIssuer): Expected => ({
  client_id: credentials.clientId,
  client_secret: credentials.clientSecret,
  grant_type: 'client_credentials',
});

/** The certificate takes the place of the secret. */
const withCertificate = ({ credentials }: TokenIssuer): Expected => ({
  client_id: credentials.clientId,
  grant_type: 'client_credentials',
});

export async function token(exchange: EndpointExchange, issuer: TokenIssuer): Promise<Answer> {
  if (!(await isExpected(exchange, withSecret(issuer)))) return sendEmpty(403);
  const wanted = parseDuration(first(exchange.args, 'token_lifetime'));
  const lifetime = typeof wanted === 'number' ? wanted : lifetimes.token;
  return tokenAnswer(issuer.issueAccessToken(lifetime), lifetime);
}

/** Its tokens are never valid. */
export const badToken = async (exchange: EndpointExchange, issuer: TokenIssuer): Promise<Answer> =>
  (await isExpected(exchange, withSecret(issuer))) ? tokenAnswer(issuer.fakeToken()) : sendEmpty(403);

export const certificateToken = async (exchange: EndpointExchange, issuer: TokenIssuer): Promise<Answer> =>
  (await isExpected(exchange, withCertificate(issuer)))
    ? tokenAnswer(issuer.issueAccessToken(lifetimes.token), lifetimes.toldWithCertificate)
    : sendEmpty(403);

/** @param lifetime milliseconds, told as whole seconds; absent: not told */
const tokenAnswer = (token: string, lifetime?: number): Answer =>
  send(
    'application/json',
    encodeGoJson({
      access_token: token,
      token_type: 'bearer',
      expires_in: lifetime === undefined ? undefined : Math.trunc(lifetime / 1000),
    }),
  );

/** Members of the body win over those of the query; credentials in `Authorization` do not count. */
async function isExpected(exchange: EndpointExchange, expected: Expected): Promise<boolean> {
  const body = readable(await givingWay(queryReading(await formOf(exchange), new Set(Object.keys(expected)))));
  const query = readable(readQuery(exchange.search.slice(1)));
  const given = (name: string) => first(body.has(name) ? body : query, name);
  return Object.entries(expected).every(([name, value]) => given(name) === value);
}

async function formOf({ request }: EndpointExchange): Promise<string> {
  const bytes = await readBytes(request, MAX_FORM_SIZE, unreadable);
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase();
  return mediaType === 'application/x-www-form-urlencoded' ? bytes.toString('latin1') : '';
}

function readable({ values, problem }: ParsedQuery): Values {
  if (problem !== undefined) throw unreadable();
  return values;
}

const unreadable = () => new RequestError(500, 'unreadable form');
