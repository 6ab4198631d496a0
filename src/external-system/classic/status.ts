import { choose } from '../chance.ts';
import { type Answered, type Endpoint, send, TEXT_TYPE } from '../exchange.ts';
import { emptyPage } from './pages.ts';

/** `/status/{codes}`: any status on demand. (httpbin §5.1) */

const redirect = { status: 302, headers: { Location: '/redirect/1' }, body: '' } as const;
const challenge = 'Basic realm="Fake Realm"';

const specials: Readonly<Record<number, Answered>> = {
  301: redirect,
  302: redirect,
  303: redirect,
  305: redirect,
  307: redirect,
  401: emptyPage(401, { 'WWW-Authenticate': challenge }),
  406: send(
    'application/json',
    '{"message": "Client did not request a supported media type.", ' +
      '"accept": ["image/webp", "image/svg+xml", "image/jpeg", "image/png", "image/*"]}',
  ),
  407: emptyPage(407, { 'Proxy-Authenticate': challenge }),
  418: send(TEXT_TYPE, "I'm a teapot!\n", { 'X-More-Info': 'http://tools.ietf.org/html/rfc2324' }),
};

const invalid = { ...emptyPage(400), body: 'Invalid status code' };

export const status: Endpoint = ({ params, random }) => {
  const choices = (params.codes ?? '').split(',').map((choice) => {
    const [code = '', weight = '1'] = choice.split(':', 2);
    return { code: /^\d+$/.test(code) ? Number(code) : Number.NaN, weight: Number(weight) };
  });
  if (choices.some(({ code, weight }) => Number.isNaN(code) || Number.isNaN(weight))) return invalid;
  const code = choose(choices, random)?.code ?? 200;
  // What is no status breaks the connection.
  if (code < 100 || code > 999) return undefined;
  const special = specials[code];
  return special ? { ...special, status: code } : emptyPage(code);
};
