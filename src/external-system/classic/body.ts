import { givingWay } from '../../core/give-way.ts';
import { MAX_BODY_SIZE, readBytes, readMultipart } from '../body.ts';
import { type EndpointExchange, RequestError } from '../exchange.ts';
import { type PyJson, pyReading } from './json.ts';
import { parseLoosely, shownValues } from './request.ts';

const nothing = { data: '', files: {}, form: {}, json: null } as const;

/** How this flavor understands a body. It has no limit in the original; here it has go-httpbin's. (httpbin §3.1) */
export async function readBody({ request }: EndpointExchange): Promise<{ readonly [member: string]: PyJson }> {
  const bytes = await readBytes(request, MAX_BODY_SIZE, () => new RequestError(413, 'the body is larger than 1 MiB'));
  const contentType = request.headers['content-type'] ?? '';
  const mediaType = contentType.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (mediaType === 'application/x-www-form-urlencoded') {
    return { ...nothing, form: shownValues(parseLoosely(bytes.toString('latin1'))) };
  }
  if (mediaType === 'multipart/form-data') {
    const { form = new Map(), files = new Map() } = await readMultipart(bytes, contentType).catch(() => nothingSent);
    return { ...nothing, form: shownValues(form), files: shownValues(files) };
  }
  const text = bytes.toString('utf8');
  const isText = Buffer.from(text).equals(bytes);
  const data = isText ? text : `data:${mediaType || 'application/octet-stream'};base64,${bytes.toString('base64')}`;
  return { ...nothing, data, json: isText ? await givingWay(pyReading(text)) : null };
}

const nothingSent = { form: new Map<string, string[]>(), files: new Map<string, string[]>() };
