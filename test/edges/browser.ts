import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import process from 'node:process';
import { type Browser, chromium } from 'playwright-core';
import { onTestFinished } from 'vitest';

/** A name that leads to this machine in the browser only: what a page of somebody else has, or has bound anew. */
export const STRANGER = 'stranger.example';

/** Debian's Chromium with a profile of its own, without whatever it does by itself, and without its own idea of what pages may reach. */
export function startBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: inPath('chromium'),
    env: { ...process.env, HOME: tmpdir() },
    args: [
      ...[
        '--headless',
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--disable-dev-shm-usage',
        '--no-first-run',
        '--no-proxy-server',
      ],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      `--host-resolver-rules=MAP ${STRANGER} 127.0.0.1`,
      '--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests',
    ],
  });
}

const inPath = (program: string) =>
  (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, program))
    .find(existsSync) ?? program;

/** A server that takes everything, lets every origin read, and remembers what came. */
export async function startTarget(): Promise<{ url: string; port: number; seen: string[] }> {
  const seen: string[] = [];
  const server = createServer(({ method, url, headers, socket }: IncomingMessage, response) => {
    if (url === '/favicon.ico') return void response.writeHead(404).end();
    seen.push(`${method} ${url}`);
    const cors = { 'access-control-allow-origin': headers.origin ?? '*', 'access-control-allow-headers': '*' };
    response.writeHead(200, { ...cors, 'content-type': 'text/html' }).end('<p>a secret of the target');
    socket.unref();
  });
  server.on('upgrade', ({ url }, socket) => {
    seen.push(`upgrade ${url}`);
    socket.destroy();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, port, seen };
}
