/** One frame as a client sends it: masked, with a mask that changes nothing. */
export function frame(opcode: number, payload: Buffer = Buffer.alloc(0), final = true): Buffer {
  const { length } = payload;
  const extended = Buffer.alloc(length < 126 ? 0 : length < 65_536 ? 2 : 8);
  if (extended.length === 2) extended.writeUInt16BE(length);
  if (extended.length === 8) extended.writeBigUInt64BE(BigInt(length));
  const field = length < 126 ? length : extended.length === 2 ? 126 : 127;
  const head = [(final ? 0x80 : 0) | opcode, 0x80 | field];
  return Buffer.concat([Buffer.from(head), extended, Buffer.alloc(4), payload]);
}
