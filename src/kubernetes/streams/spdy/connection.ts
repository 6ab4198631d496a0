import type { Duplex } from 'node:stream';
import { codeOf } from '../../../core/errors.ts';
import { dataHead, type Frame, FrameReader, ping, reset, resetStatus, synReply } from './frames.ts';
import { EmptyHeaderWriter, HeaderReader } from './header-blocks.ts';
import { SpdyStream, type StreamPort } from './stream.ts';

/**
 * How much of one stream may wait for its reader before the whole connection is held up. SPDY as clients of Kubernetes
 * speak it has no flow control, so there is no other way to slow one stream down. (kubernetes-api §10.3)
 */
const MAX_WAITING = 1024 * 1024;
/** Nobody opens as many; a limit all the same. */
const MAX_STREAMS = 10_000;

/**
 * The server's end of an SPDY/3.1 connection. It ends with its transport, and with it all its streams.
 * @param onStream called for each stream that the client opens
 */
export function serveSpdy(transport: Duplex, onStream: (stream: SpdyStream) => void): void {
  const frames = new FrameReader();
  const headers = new HeaderReader();
  const replies = new EmptyHeaderWriter();
  const streams = new Map<number, SpdyStream>();
  const heldUp = new Set<SpdyStream>();

  const write = (bytes: Buffer, sent?: (error?: Error | null) => void) => {
    if (transport.writable) transport.write(bytes, sent);
    else sent?.();
  };
  const port: StreamPort = {
    send(streamId, data, sent) {
      transport.cork();
      write(dataHead(streamId, data.length));
      write(data, sent);
      transport.uncork();
    },
    finish: (streamId, sent) => write(dataHead(streamId, 0, true), sent),
    closed(stream, aborted) {
      if (aborted) write(reset(stream.id, resetStatus.cancel));
      streams.delete(stream.id);
    },
    waiting(stream, bytes) {
      if (bytes > MAX_WAITING) heldUp.add(stream);
      else if (!heldUp.delete(stream)) return;
      if (heldUp.size > 0) transport.pause();
      else transport.resume();
    },
  };

  const handle = (frame: Frame) => {
    switch (frame.type) {
      case 'synStream': {
        // Every block is read, as later ones refer to it.
        const stream = new SpdyStream(frame.streamId, headers.read(frame.block), port);
        if (streams.has(frame.streamId) || streams.size >= MAX_STREAMS) {
          write(reset(frame.streamId, resetStatus.refusedStream));
          break;
        }
        streams.set(frame.streamId, stream);
        write(synReply(frame.streamId, replies.block()));
        if (frame.fin) stream.receiveEnd();
        onStream(stream);
        break;
      }
      case 'data': {
        const stream = streams.get(frame.streamId);
        stream?.receive(frame.data);
        if (frame.fin) stream?.receiveEnd();
        break;
      }
      case 'reset':
        streams.get(frame.streamId)?.receiveReset();
        break;
      case 'ping':
        write(ping(frame.id));
        break;
      case 'ignored':
        break;
    }
  };

  transport.on('data', (chunk: Buffer) => {
    try {
      for (const frame of frames.push(chunk)) handle(frame);
    } catch (error) {
      if (!codeOf(error)?.startsWith('SPDY_')) throw error;
      transport.destroy();
    }
  });
  transport.on('error', () => transport.destroy());
  transport.on('end', () => transport.end());
  transport.on('close', () => {
    for (const stream of [...streams.values()]) stream.receiveReset();
  });
}
