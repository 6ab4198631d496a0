import { type Answer, HTML_TYPE } from '../exchange.ts';
import { escapeHtml } from '../response-headers.ts';

/** What this flavor's server says about errors: pages, whose texts are our own. (httpbin §2) */
export const errorPage = (status: number, title: string, detail: string, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { ...headers, 'Content-Type': HTML_TYPE },
  body: `<!DOCTYPE HTML>\n<title>${status} ${title}</title>\n<h1>${title}</h1>\n<p>${escapeHtml(detail)}</p>\n`,
});

export const internalError = () =>
  errorPage(500, 'Internal Server Error', 'The endpoint could not make sense of this.');
export const notFound = () => errorPage(404, 'Not Found', 'There is nothing at this URL.');
export const wrongMethod = (allow: string) =>
  errorPage(405, 'Method Not Allowed', 'The URL is right, the method is not.', { Allow: allow });

/** An answer whose type says HTML though there is none. */
export const emptyPage = (status: number, headers: Answer['headers'] = {}): Answer => ({
  status,
  headers: { ...headers, 'Content-Type': HTML_TYPE },
  body: '',
});
