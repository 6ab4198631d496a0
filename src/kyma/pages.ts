import type { ServerResponse } from 'node:http';

/** What nginx and Envoy answer themselves. (connector-service §7, metadata-service §11) */
const htmlPage = (title: string, heading: string, detail?: string) =>
  [
    '<html>',
    `<head><title>${title}</title></head>`,
    '<body bgcolor="white">',
    `<center><h1>${heading}</h1></center>`,
    ...(detail ? [`<center>${detail}</center>`] : []),
    '<hr><center>nginx</center>',
    '</body>',
    '</html>',
    '',
  ].join('\r\n');

interface Page {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const html = (status: number, title: string, heading: string, detail?: string): Page => ({
  status,
  headers: { 'content-type': 'text/html' },
  body: htmlPage(title, heading, detail),
});

const pages = {
  noCertificate: html(
    400,
    '400 No required SSL certificate was sent',
    '400 Bad Request',
    'No required SSL certificate was sent',
  ),
  certificateError: html(400, '400 The SSL certificate error', '400 Bad Request', 'The SSL certificate error'),
  forbidden: html(403, '403 Forbidden', '403 Forbidden'),
  tooLarge: html(413, '413 Request Entity Too Large', '413 Request Entity Too Large'),
  badGateway: html(502, '502 Bad Gateway', '502 Bad Gateway'),
  defaultBackend: { status: 404, headers: { 'content-type': 'text/plain' }, body: 'default backend - 404' },
  noRoute: { status: 404, headers: { server: 'istio-envoy' }, body: '' },
  upstreamLost: {
    status: 503,
    headers: { 'content-type': 'text/plain', server: 'istio-envoy' },
    body: 'upstream connect error or disconnect/reset before headers. reset reason: connection termination',
  },
} as const satisfies Record<string, Page>;

export type PageName = keyof typeof pages;

export function sendPage(response: ServerResponse, name: PageName): void {
  const { status, headers, body } = pages[name];
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
}
