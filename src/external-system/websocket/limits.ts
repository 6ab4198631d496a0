import { MAX_BODY_SIZE } from '../body.ts';
import { RequestError, type WebSocketLimits } from '../exchange.ts';
import { wholeNumber } from '../parameters.ts';
import { first, type Values } from '../query.ts';

const MAX_INT32 = 2 ** 31 - 1;

/**
 * Reads `max_fragment_size` and `max_message_size`, or takes half of go-httpbin's limit of bodies and the whole of it.
 * (httpbin §6)
 * @throws RequestError 400
 */
export function readLimits(args: Values): WebSocketLimits {
  const maxFragmentSize = sizeOf(args, 'max_fragment_size', MAX_BODY_SIZE / 2);
  const maxMessageSize = sizeOf(args, 'max_message_size', MAX_BODY_SIZE);
  if (maxFragmentSize <= maxMessageSize) return { maxFragmentSize, maxMessageSize };
  throw new RequestError(
    400,
    `max_fragment_size ${maxFragmentSize} must be less than or equal to max_message_size ${maxMessageSize}`,
  );
}

function sizeOf(args: Values, name: string, fallback: number): number {
  const text = first(args, name);
  if (text === '') return fallback;
  const isNumber = /^[-+]?\d+$/.test(text);
  if (isNumber && Math.abs(Number(text)) <= MAX_INT32) return wholeNumber(text, name, 1, MAX_BODY_SIZE);
  const reason = isNumber ? 'value out of range' : 'invalid syntax';
  throw new RequestError(400, `invalid ${name}: strconv.ParseInt: parsing ${JSON.stringify(text)}: ${reason}`);
}
