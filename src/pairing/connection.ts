import { Agent } from 'node:https';

/** The one TLS connection on which a system asks the Connector Service for information and certificate. */
export interface ConnectorConnection extends Disposable {
  /** PEM of the authority to trust. */
  readonly ca: string;
  readonly agent: Agent;
}

/** @param ca PEM of the authority to trust */
export function connectorConnection(ca: string): ConnectorConnection {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return { ca, agent, [Symbol.dispose]: () => agent.destroy() };
}
