/** The wire format of protocol buffers, as far as decoding objects of Kubernetes takes it. */

export class ProtobufError extends Error {}

/** One field as it stands in a message: its bytes, or the number it is. */
export interface RawField {
  readonly number: number;
  readonly value: Buffer | bigint;
}

/** Every field of a message, in its order. @throws ProtobufError for what is no message */
export function* fields(message: Buffer): Generator<RawField> {
  const reader = new Reader(message);
  while (!reader.atEnd) {
    const key = Number(reader.varint());
    yield { number: key >>> 3, value: reader.value(key & 7) };
  }
}

class Reader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get atEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  varint(): bigint {
    let result = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new ProtobufError('a number is cut short');
      result |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return BigInt.asIntN(64, result);
    }
    throw new ProtobufError('a number is too long');
  }

  value(wireType: number): Buffer | bigint {
    switch (wireType) {
      case 0:
        return this.varint();
      case 1:
        return this.#take(8);
      case 2:
        return this.#take(Number(this.varint()));
      case 5:
        return this.#take(4);
      default:
        throw new ProtobufError(`wire type ${wireType} is not used by Kubernetes`);
    }
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (length < 0 || end > this.#bytes.length) throw new ProtobufError('a field is longer than the message');
    const taken = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}
