import type { IncomingHttpHeaders } from 'node:http';
import type { StreamTarget } from './handler.ts';

/** How a client and we talk once the protocol has changed. (kubernetes-api §10.2, §10.5, §11) */
export interface Offer {
  readonly subresource: StreamTarget['subresource'];
  readonly upgrade: 'websocket' | 'spdy/3.1';
  readonly protocol: string;
  /** `streams`: SPDY streams; `tunnel`: the same inside of a WebSocket; `channels`: messages whose first byte is a channel. */
  readonly form: 'streams' | 'tunnel' | 'channels';
}

/** For each subresource and kind of upgrade, the one that we prefer first. */
const offers: readonly Offer[] = [
  { subresource: 'portforward', upgrade: 'websocket', protocol: 'SPDY/3.1+portforward.k8s.io', form: 'tunnel' },
  { subresource: 'portforward', upgrade: 'websocket', protocol: 'v4.channel.k8s.io', form: 'channels' },
  { subresource: 'portforward', upgrade: 'spdy/3.1', protocol: 'portforward.k8s.io', form: 'streams' },
  { subresource: 'exec', upgrade: 'websocket', protocol: 'v5.channel.k8s.io', form: 'channels' },
  { subresource: 'exec', upgrade: 'websocket', protocol: 'v4.channel.k8s.io', form: 'channels' },
  { subresource: 'exec', upgrade: 'spdy/3.1', protocol: 'v4.channel.k8s.io', form: 'streams' },
];

/** Where each kind of upgrade lists the protocols that the client knows. */
const protocolHeaders = { websocket: 'sec-websocket-protocol', 'spdy/3.1': 'x-stream-protocol-version' } as const;

/** The protocol to go on with, or in words why there is none. */
export function negotiate(subresource: StreamTarget['subresource'], headers: IncomingHttpHeaders): Offer | string {
  const upgrade = headers.upgrade?.toLowerCase() ?? '';
  const candidates = offers.filter((offer) => offer.subresource === subresource && offer.upgrade === upgrade);
  const [first] = candidates;
  if (!first) return `${subresource} needs an upgrade to SPDY/3.1 or WebSocket, not to "${headers.upgrade ?? ''}"`;
  const header = protocolHeaders[first.upgrade];
  const offered = [headers[header] ?? []].flat().flatMap((line) => line.split(',').map((name) => name.trim()));
  const known = candidates.map(({ protocol }) => protocol);
  return (
    candidates.find(({ protocol }) => offered.includes(protocol)) ??
    `unable to upgrade: ${header} offers "${offered.join(', ')}"; ${subresource} is served as ${known.join(' or ')}`
  );
}
