import { type Endpoint, send, sendError } from './exchange.ts';
import { header } from './headers.ts';

/** Pictures, as small as the formats allow and of our own making: the original's are thousands of times as large. */

const pictures: Readonly<Record<string, Buffer>> = {
  png: Buffer.from(
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGNwSVsFAAJGAVXqTVbLAAAAAElFTkSuQmCC',
    'base64',
  ),
  webp: Buffer.from('UklGRhgAAABXRUJQVlA4TAwAAAAvAAAAAKhZiara/wA=', 'base64'),
  svg: Buffer.from(
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"><path fill="#46a" d="M0 0h1v1H0z"/></svg>\n',
  ),
  jpeg: Buffer.from(
    `/9j/4AAQSkZJRgABAQAAAQABAAD/2wBDAAEB${'AQEB'.repeat(20)}AQH/wAALCAAIAAgBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAAAP/E` +
      'ABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AP//Z',
    'base64',
  ),
};

const typeOf = (kind: string) => (kind === 'svg' ? 'image/svg+xml' : `image/${kind}`);

export const image: Endpoint = ({ params }) => {
  const { kind = '' } = params;
  const picture = Object.hasOwn(pictures, kind) ? pictures[kind] : undefined;
  return picture ? send(typeOf(kind), picture) : sendError(404);
};

/** By `Accept`; PNG for who takes any picture. (httpbin §6) */
export const acceptedImage: Endpoint = (exchange) => {
  const accept = header(exchange.request, 'accept');
  const kind =
    accept === '' || accept.includes('image/*')
      ? 'png'
      : Object.keys(pictures).find((candidate) => accept.includes(typeOf(candidate)));
  return kind === undefined ? sendError(415) : image({ ...exchange, params: { kind } });
};
