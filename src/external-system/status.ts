import type { Random } from '../core/random.ts';
import { isDecimal } from '../go/number.ts';
import { choose } from './chance.ts';
import { type Answer, type Endpoint, JSON_TYPE, RequestError, send, sendEmpty, TEXT_TYPE } from './exchange.ts';
import { renderJson } from './json.ts';
import { parseStatus } from './parameters.ts';

/** `/status/{codes}`: any status on demand. (httpbin §5.1) */

const page = (title: string, body: string) =>
  `<!doctype html>\n<html>\n<head><title>${title}</title></head>\n<body>${body}</body>\n</html>\n`;
const imageLink = (kind: string) => `<a href="/image/${kind}">/image/${kind}</a>`;

interface Special {
  readonly headers?: Answer['headers'];
  readonly body?: string;
}

const redirect: Special = { headers: { Location: '/redirect/1' } };

const specials: Readonly<Record<number, Special>> = {
  300: {
    headers: { Location: '/image/jpeg' },
    body: page(
      'Multiple Choices',
      `<ul>${['jpeg', 'png', 'svg'].map((kind) => `<li>${imageLink(kind)}</li>`).join('')}</ul>`,
    ),
  },
  301: redirect,
  302: redirect,
  303: redirect,
  305: redirect,
  307: redirect,
  308: {
    headers: { Location: '/image/jpeg' },
    body: page('Permanent Redirect', `The picture has moved to ${imageLink('jpeg')}.`),
  },
  401: { headers: { 'WWW-Authenticate': 'Basic realm="Fake Realm"' } },
  406: {
    headers: { 'Content-Type': JSON_TYPE },
    body: renderJson({
      message: 'Client did not request a supported media type',
      accept: ['image/webp', 'image/svg+xml', 'image/jpeg', 'image/png', 'image/'],
    }),
  },
  407: { headers: { 'Proxy-Authenticate': 'Basic realm="Fake Realm"' } },
  418: { headers: { 'X-More-Info': 'http://tools.ietf.org/html/rfc2324' }, body: "I'm a teapot!" },
};

export const status: Endpoint = ({ params, random }) => {
  const chosen = codeOf(params.codes ?? '', random);
  const { headers, body = '' } = specials[chosen] ?? {};
  if (chosen === 304) return sendEmpty(304);
  // An informational status cannot end an answer; what follows it is a success.
  if (chosen < 200 && chosen !== 101) return { ...send(TEXT_TYPE, ''), ahead: chosen };
  return { status: chosen, headers: { 'Content-Type': TEXT_TYPE, ...headers }, body };
};

/** One of `a,b`, or by weight of `a:0.1,b:0.9`. */
function codeOf(codes: string, random: Random): number {
  if (!codes.includes(',')) return parseStatus(codes, 100, 599);
  const choices = codes.split(',').map((choice) => {
    const [code = '', weight = '1'] = choice.split(':', 2);
    if (!/^[-+]?\d+$/.test(code)) throw new RequestError(400, `invalid choice value: ${JSON.stringify(code)}`);
    if (!isDecimal(weight)) {
      throw new RequestError(400, `invalid weight value: ${JSON.stringify(weight)}`);
    }
    return { code: parseStatus(code, 100, 599), weight: Number(weight) };
  });
  return choose(choices, random)?.code ?? 200;
}
