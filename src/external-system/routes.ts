import { dumpRequest, environment, hostname, unstable, version } from './about.ts';
import { basic, bearer, hiddenBasic } from './auth.ts';
import { bytes, range, streamBytes } from './bytes.ts';
import { cache, cacheFor, etag } from './caching.ts';
import { cookies, deleteCookies, setCookies } from './cookies.ts';
import { digest } from './digest.ts';
import { deny, html, index, json, orderForm, robots, utf8, xml } from './documents.ts';
import { anything, delay, echo, get, headers, ip, upload, userAgent, uuid } from './echo.ts';
import { base64, brotli, deflate, gzip } from './encodings.ts';
import { acceptedImage, image } from './images.ts';
import { firstLinks, links } from './links.ts';
import { absoluteRedirect, redirect, redirectTo, relativeRedirect } from './redirects.ts';
import { responseHeaders } from './response-headers.ts';
import type { EndpointRoute } from './router.ts';
import { status } from './status.ts';
import { drip, jsonLines, sse, stream } from './streams.ts';
import { trailers } from './trailers.ts';
import { ECHO_PATH, webSocketEcho } from './websocket/handshake.ts';

/** The endpoints in the shapes of go-httpbin 2.25. (httpbin §3–§5) */
export const goRoutes: readonly EndpointRoute[] = [
  { path: '/get', methods: ['GET', 'HEAD'], endpoint: get },
  { path: '/head', methods: ['HEAD'], endpoint: get },
  { path: '/post', methods: ['POST'], endpoint: echo },
  { path: '/put', methods: ['PUT'], endpoint: echo },
  { path: '/patch', methods: ['PATCH'], endpoint: echo },
  { path: '/delete', methods: ['DELETE'], endpoint: echo },
  { path: '/anything', endpoint: anything },
  { path: '/anything/{path...}', endpoint: anything },
  { path: '/delay/{seconds}', endpoint: delay },
  { path: '/headers', endpoint: headers },
  { path: '/ip', endpoint: ip },
  { path: '/user-agent', endpoint: userAgent },
  { path: '/uuid', endpoint: uuid },

  { path: '/basic-auth/{user}/{password}', endpoint: basic },
  { path: '/hidden-basic-auth/{user}/{password}', endpoint: hiddenBasic },
  { path: '/bearer', endpoint: bearer },
  { path: '/digest-auth/{qop}/{user}/{password}', endpoint: digest },
  { path: '/digest-auth/{qop}/{user}/{password}/{algorithm}', endpoint: digest },

  { path: '/status/{codes}', endpoint: status },
  { path: '/redirect/{count}', endpoint: redirect },
  { path: '/relative-redirect/{count}', endpoint: relativeRedirect },
  { path: '/absolute-redirect/{count}', endpoint: absoluteRedirect },
  { path: '/redirect-to', endpoint: redirectTo },

  { path: '/cookies', endpoint: cookies },
  { path: '/cookies/set', endpoint: setCookies },
  { path: '/cookies/delete', endpoint: deleteCookies },
  { path: '/response-headers', endpoint: responseHeaders },
  { path: '/cache', endpoint: cache },
  { path: '/cache/{seconds}', endpoint: cacheFor },
  { path: '/etag/{etag}', endpoint: etag },
];

/** Endpoints whose answers matter as data, and what only go-httpbin has. (httpbin §6) */
export const dataRoutes: readonly EndpointRoute[] = [
  { path: '/gzip', endpoint: gzip },
  { path: '/deflate', endpoint: deflate },
  { path: '/brotli', endpoint: brotli },
  { path: '/base64/{value}', endpoint: base64 },
  { path: '/base64/{operation}/{value}', endpoint: base64 },
  { path: '/bytes/{count}', endpoint: bytes },
  { path: '/stream-bytes/{count}', endpoint: streamBytes },
  { path: '/range/{count}', endpoint: range },
  { path: '/stream/{count}', endpoint: stream },
  { path: '/drip', endpoint: drip },
  { path: '/sse', endpoint: sse },
  { path: '/jsonl', endpoint: jsonLines },
  { path: '/trailers', endpoint: trailers },

  { path: '/image', endpoint: acceptedImage },
  { path: '/image/{kind}', endpoint: image },
  { path: '/json', endpoint: json },
  { path: '/xml', endpoint: xml },
  { path: '/html', endpoint: html },
  { path: '/encoding/utf8', methods: ['GET', 'HEAD'], endpoint: utf8 },
  { path: '/forms/post', methods: ['GET', 'HEAD'], endpoint: orderForm },
  { path: '/robots.txt', endpoint: robots },
  { path: '/deny', endpoint: deny },
  { path: '/links/{count}', endpoint: firstLinks },
  { path: '/links/{count}/{offset}', endpoint: links },
  { path: '/', methods: ['GET', 'HEAD'], endpoint: index },

  { path: '/upload', methods: ['POST', 'PUT', 'PATCH'], endpoint: upload },
  { path: '/hostname', endpoint: hostname },
  { path: '/version', endpoint: version },
  { path: '/env', endpoint: environment },
  { path: '/dump/request', endpoint: dumpRequest },
  { path: '/unstable', endpoint: unstable },
  { path: ECHO_PATH, methods: ['GET', 'HEAD'], endpoint: webSocketEcho },
];
