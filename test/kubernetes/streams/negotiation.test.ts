import { expect, test } from 'vitest';
import type { StreamTarget } from '../../../src/kubernetes/streams/handler.ts';
import { negotiate } from '../../../src/kubernetes/streams/negotiation.ts';

const rows: {
  subresource: StreamTarget['subresource'];
  upgrade: string;
  offered?: string | string[];
  chosen: { protocol: string; form: string } | RegExp;
}[] = [
  {
    subresource: 'portforward',
    upgrade: 'websocket',
    offered: 'SPDY/3.1+portforward.k8s.io',
    chosen: { protocol: 'SPDY/3.1+portforward.k8s.io', form: 'tunnel' },
  },
  {
    subresource: 'portforward',
    upgrade: 'websocket',
    offered: 'v5.channel.k8s.io,v4.channel.k8s.io,v3.channel.k8s.io',
    chosen: { protocol: 'v4.channel.k8s.io', form: 'channels' },
  },
  {
    subresource: 'portforward',
    upgrade: 'SPDY/3.1',
    offered: 'portforward.k8s.io',
    chosen: { protocol: 'portforward.k8s.io', form: 'streams' },
  },
  {
    subresource: 'exec',
    upgrade: 'WebSocket',
    offered: 'v4.channel.k8s.io, v5.channel.k8s.io',
    chosen: { protocol: 'v5.channel.k8s.io', form: 'channels' },
  },
  {
    subresource: 'exec',
    upgrade: 'SPDY/3.1',
    offered: ['v5.channel.k8s.io', 'v4.channel.k8s.io'],
    chosen: { protocol: 'v4.channel.k8s.io', form: 'streams' },
  },
  { subresource: 'exec', upgrade: 'websocket', chosen: /offers ""; exec is served as v5\.channel.* or v4\.channel/ },
  { subresource: 'exec', upgrade: 'websocket', offered: 'channel.k8s.io', chosen: /offers "channel\.k8s\.io"/ },
  { subresource: 'exec', upgrade: 'h2c', chosen: /SPDY\/3\.1 or WebSocket, not to "h2c"/ },
  { subresource: 'attach', upgrade: 'websocket', offered: 'v5.channel.k8s.io', chosen: /attach needs/ },
];

test.each(rows)('$subresource by $upgrade with $offered', ({ subresource, upgrade, offered, chosen }) => {
  const header = upgrade.toLowerCase() === 'websocket' ? 'sec-websocket-protocol' : 'x-stream-protocol-version';
  const result = negotiate(subresource, { upgrade, ...(offered && { [header]: offered }) });
  if (chosen instanceof RegExp) expect(result).toMatch(chosen);
  else expect(result).toMatchObject(chosen);
});
