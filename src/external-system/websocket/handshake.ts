import { type Endpoint, RequestError } from '../exchange.ts';
import { header } from '../headers.ts';
import { readLimits } from './limits.ts';

/** Where connections become WebSockets that send back what they get. (httpbin §6) */
export const ECHO_PATH = '/websocket/echo';

const VERSION = '13';

/** `/websocket/echo`: the connection is taken over by `webSocket` of the answer. */
export const webSocketEcho: Endpoint = ({ args, method, request, upgradable }) => {
  const webSocket = readLimits(args);
  const of = (name: string) => header(request, name);
  const version = of('sec-websocket-version');
  const key = of('sec-websocket-key');
  const checks: readonly (readonly [problem: boolean, detail: string])[] = [
    [of('upgrade').toLowerCase() !== 'websocket', 'missing required `Upgrade: websocket` header'],
    [version !== VERSION, `only websocket version "${VERSION}" is supported, got ${JSON.stringify(version)}`],
    [key === '', 'missing required `Sec-Websocket-Key` header'],
    [!/^[+/0-9A-Za-z]{22}==$/.test(key), 'the `Sec-Websocket-Key` header must be 16 bytes in base64'],
    [!upgradable || method !== 'GET', 'a WebSocket begins with GET and `Connection: upgrade`, without a body'],
  ];
  const problem = checks.find(([applies]) => applies)?.[1];
  if (problem !== undefined) throw new RequestError(400, problem);
  return { status: 101, headers: {}, body: '', webSocket };
};
