import type { WebSocketLimits } from '../exchange.ts';

/** Why a connection is closed. (RFC 6455 §7.4) */
export interface Closing {
  readonly code: number;
  readonly reason: string;
}

const PROTOCOL_ERROR = 1002;
const TOO_LARGE = 1009;

const CONTINUATION = 0;
/** From here on frames do not belong to a message. */
const FIRST_CONTROL = 8;

/**
 * Watches the bytes of a client for frames and messages that are too large; the library knows a limit for messages only.
 * @returns a function that is given the bytes as they come, and tells the first excess
 */
export function createFrameMeter({
  maxFragmentSize,
  maxMessageSize,
}: WebSocketLimits): (bytes: Buffer) => Closing | undefined {
  /** What has come of the head of the next frame. */
  let head: number[] = [];
  /** Bytes of a payload that are still to come. */
  let payload = 0;
  let message = 0;

  const judge = (opcode: number, size: number): Closing | undefined => {
    if (opcode >= FIRST_CONTROL) return undefined;
    message = opcode === CONTINUATION ? message + size : size;
    if (size > maxFragmentSize) {
      const reason = `frame payload size ${size} exceeds maximum of ${maxFragmentSize} bytes`;
      return { code: PROTOCOL_ERROR, reason };
    }
    if (message <= maxMessageSize) return undefined;
    return { code: TOO_LARGE, reason: `message size ${message} exceeds maximum of ${maxMessageSize} bytes` };
  };

  return (bytes) => {
    for (let at = 0; at < bytes.length; ) {
      if (payload > 0) {
        const here = Math.min(payload, bytes.length - at);
        payload -= here;
        at += here;
        continue;
      }
      head.push(bytes[at++] ?? 0);
      if (head.length < headLength(head)) continue;
      payload = payloadLength(head);
      const closing = judge((head[0] ?? 0) & 0x0f, payload);
      head = [];
      if (closing) return closing;
    }
    return undefined;
  };
}

const lengthField = ([, second = 0]: readonly number[]) => second & 0x7f;
/** Bytes behind the second one in which a longer length stands. */
const extension = (field: number) => (field === 127 ? 8 : field === 126 ? 2 : 0);

function headLength(head: readonly number[]): number {
  const mask = ((head[1] ?? 0) & 0x80) === 0 ? 0 : 4;
  return 2 + extension(lengthField(head)) + mask;
}

function payloadLength(head: readonly number[]): number {
  const field = lengthField(head);
  const digits = head.slice(2, 2 + extension(field));
  return digits.length === 0 ? field : digits.reduce((length, byte) => length * 256 + byte, 0);
}
