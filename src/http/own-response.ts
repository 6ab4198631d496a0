import { type IncomingMessage, ServerResponse } from 'node:http';
import { endConnection } from './end-connection.ts';

/**
 * An answer to a request for which Node has made none, because it asks for another protocol: the connection ends with
 * it. It has to be this request's turn.
 */
export function ownResponse(request: IncomingMessage): ServerResponse {
  const response = new ServerResponse(request);
  response.shouldKeepAlive = false;
  // An upgraded connection is a plain duplex to Node's types, but still the socket that the request came on.
  response.assignSocket(request.socket);
  response.once('finish', () => endConnection(request.socket));
  return response;
}
