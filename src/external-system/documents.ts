import { type Endpoint, HTML_TYPE, send, sendJson, TEXT_TYPE } from './exchange.ts';

/** Documents that are always the same; of the original's shape, in words of our own. (httpbin §6) */

const page = (title: string, body: string) =>
  `<!DOCTYPE html>\n<html>\n<head><meta charset="utf-8"><title>${title}</title></head>\n<body>\n${body}\n</body>\n</html>\n`;

const slides = [
  { title: 'What a gateway is for', type: 'all' },
  { title: 'Overview', type: 'all', items: ['It <em>adds credentials</em>', 'It <em>hides addresses</em>'] },
] as const;
const about = { author: 'Yours Truly', date: 'date of publication', title: 'Sample Slide Show' } as const;

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

const xmlSlides = slides.map((slide) => {
  const items = 'items' in slide ? slide.items.map((item) => `    <item>${escapeXml(item)}</item>`) : [];
  return [`  <slide type="${slide.type}">`, `    <title>${slide.title}</title>`, ...items, '  </slide>'].join('\n');
});

const attributes = Object.entries(about).map(([name, value]) => `${name}="${value}"`);

const xmlText = [
  '<?xml version="1.0" encoding="us-ascii"?>',
  `<slideshow ${attributes.join(' ')}>`,
  ...xmlSlides,
  '</slideshow>',
  '',
].join('\n');

const field = (label: string, name: string, type = 'text') =>
  `<p><label>${label}: <input type="${type}" name="${name}"></label></p>`;

const fixed =
  (contentType: string, text: string): Endpoint =>
  () =>
    send(contentType, text);

export const json: Endpoint = () => sendJson({ slideshow: { ...about, slides } });
export const xml = fixed('application/xml', xmlText);
export const robots = fixed(TEXT_TYPE, 'User-agent: *\nDisallow: /deny\n');
export const deny = fixed(TEXT_TYPE, "YOU SHOULDN'T BE HERE");
export const html = fixed(
  HTML_TYPE,
  page('A page', '<h1>A page</h1>\n<p>It has a heading and a paragraph, for clients that expect HTML.</p>'),
);
export const utf8 = fixed(
  HTML_TYPE,
  page('UTF-8', '<h1>UTF-8</h1>\n<pre>Zażółć gęślą jaźń · Köln · Αθήνα · Москва · 東京 · ∀x∈ℝ: ⌈x⌉ = −⌊−x⌋ · 😀</pre>'),
);
export const orderForm = fixed(
  HTML_TYPE,
  page(
    'An order',
    [
      '<form method="post" action="/post">',
      field('Name', 'custname'),
      field('Telephone', 'custtel', 'tel'),
      field('E-mail', 'custemail', 'email'),
      field('Delivery', 'delivery', 'time'),
      '<p><label>Comments: <textarea name="comments"></textarea></label></p>',
      '<p><button>Order</button></p>',
      '</form>',
    ].join('\n'),
  ),
);
export const index = fixed(
  HTML_TYPE,
  page(
    'External system',
    '<h1>External system</h1>\n<p>Part of Kymulator, in the shape of go-httpbin. Try <a href="/get">/get</a>, ' +
      '<a href="/headers">/headers</a>, <a href="/uuid">/uuid</a>, <a href="/anything">/anything</a>.</p>',
  ),
);
