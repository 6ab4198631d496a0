import type { ServerResponse } from 'node:http';
import type { LogLine, LogTap } from '../../core/log-tap.ts';
import { badRequest } from '../wire/status.ts';

/** What `kubectl logs` asks for. (kubernetes-api §9, §11) */
export interface LogRequest {
  readonly container: string | undefined;
  readonly follow: boolean;
  readonly previous: boolean;
  readonly timestamps: boolean;
  readonly tailLines: number | undefined;
  readonly limitBytes: number | undefined;
  /** Milliseconds since the epoch. */
  readonly since: number | undefined;
}

/** A reader that leaves this much unread loses its connection. */
const MAX_UNREAD = 1024 * 1024;

/**
 * Reads the query of a log request.
 * @param now milliseconds since the epoch
 * @throws ApiError 400 that names the parameter
 */
export function readLogRequest(query: URLSearchParams, now: number): LogRequest {
  const isSet = (name: string) => query.get(name) === 'true' || query.get(name) === '1';
  const count = (name: string, least: number): number | undefined => {
    const text = query.get(name);
    if (text === null || text === '') return undefined;
    if (/^\d{1,12}$/.test(text) && Number(text) >= least) return Number(text);
    throw badRequest(`${name}: Invalid value: ${JSON.stringify(text)}: must be a number of at least ${least}`);
  };
  const sinceSeconds = count('sinceSeconds', 1);
  const sinceTime = query.get('sinceTime') || undefined;
  if (sinceSeconds !== undefined && sinceTime !== undefined) {
    throw badRequest('at most one of sinceTime and sinceSeconds may be specified');
  }
  const sinceGiven = sinceTime === undefined ? undefined : Date.parse(sinceTime);
  if (Number.isNaN(sinceGiven)) {
    throw badRequest(
      `sinceTime: Invalid value: ${JSON.stringify(sinceTime)}: must be a time such as 2026-01-31T10:00:00Z`,
    );
  }
  return {
    container: query.get('container') || undefined,
    follow: isSet('follow'),
    previous: isSet('previous'),
    timestamps: isSet('timestamps'),
    tailLines: count('tailLines', 0),
    limitBytes: count('limitBytes', 1),
    since: sinceSeconds === undefined ? sinceGiven : now - sinceSeconds * 1000,
  };
}

/** Answers with the log lines of a part; with `follow` until the client or the instance ends it. */
export function sendLogs(response: ServerResponse, tap: LogTap, part: string, wanted: LogRequest): void {
  let left = wanted.limitBytes ?? Number.POSITIVE_INFINITY;
  const write = ({ time, text }: LogLine) => {
    const line = Buffer.from(`${wanted.timestamps ? `${new Date(time).toISOString()} ` : ''}${text}\n`);
    response.write(line.subarray(0, left));
    left -= line.length;
    return left > 0;
  };
  response.writeHead(200, { 'content-type': 'text/plain', 'cache-control': 'no-cache, private' });
  response.flushHeaders();
  const complete = tap.lines(part, wanted).every(write);
  if (!wanted.follow || !complete) {
    response.end();
    return;
  }
  const stop = tap.follow(part, (line) => {
    if (!write(line)) response.end();
    else if (response.writableLength > MAX_UNREAD) response.destroy();
    else return;
    stop();
  });
  response.once('close', stop);
}
