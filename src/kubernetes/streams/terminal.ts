import { Transform } from 'node:stream';

/**
 * What a terminal does between a person and a program. `kubectl exec -t` leaves it to the other end: it sends every key
 * as it is pressed and shows nothing by itself. Commands have no real terminal here, so this is the part of one without
 * which a person could neither see nor end what is typed: echo, lines, erasing, interrupt and end of input.
 */

export interface Typed {
  /** Whole lines for the program. */
  readonly input: Buffer;
  /** What the person is to see. */
  readonly echo: Buffer;
  readonly interrupted: boolean;
  readonly ended: boolean;
}

const key = {
  interrupt: 0x03,
  end: 0x04,
  backspace: 0x08,
  newLine: 0x0a,
  enter: 0x0d,
  eraseLine: 0x15,
  erase: 0x7f,
} as const;
const SPACE = 0x20;
const ERASED = '\b \b';

/** Keeps the line that is being typed. */
export class LineEditor {
  #line: number[] = [];

  type(bytes: Uint8Array): Typed {
    const input: number[] = [];
    const echo: number[] = [];
    const show = (text: string) => echo.push(...Buffer.from(text));
    let [interrupted, ended] = [false, false];
    for (const byte of bytes) {
      switch (byte) {
        case key.enter:
        case key.newLine:
          input.push(...this.#take(), key.newLine);
          show('\r\n');
          break;
        case key.erase:
        case key.backspace:
          if (this.#erase()) show(ERASED);
          break;
        case key.eraseLine:
          while (this.#erase()) show(ERASED);
          break;
        case key.interrupt:
          this.#line = [];
          interrupted = true;
          show('^C\r\n');
          break;
        case key.end:
          // On an empty line it ends the input; else it only hands over what is there.
          ended ||= this.#line.length === 0;
          input.push(...this.#take());
          break;
        default:
          this.#line.push(byte);
          if (byte >= SPACE) echo.push(byte);
      }
    }
    return { input: Buffer.from(input), echo: Buffer.from(echo), interrupted, ended };
  }

  /** The line as far as it is typed, at the end of the input. */
  rest(): Buffer {
    return Buffer.from(this.#take());
  }

  #take(): number[] {
    const line = this.#line;
    this.#line = [];
    return line;
  }

  /** Removes the last character, which may be several bytes of UTF-8. @returns false when there is none */
  #erase(): boolean {
    if (this.#line.length === 0) return false;
    while (((this.#line.pop() ?? 0) & 0xc0) === 0x80);
    return true;
  }
}

/** What the keys of a person become for a program. */
export function terminalInput(does: { echo(bytes: Buffer): void; interrupt(): void }): Transform {
  const editor = new LineEditor();
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const { input, echo, interrupted, ended } = editor.type(chunk);
      if (echo.length > 0) does.echo(echo);
      if (interrupted) does.interrupt();
      if (input.length > 0) this.push(input);
      if (ended) this.end();
      done();
    },
    flush(done) {
      done(null, editor.rest());
    },
  });
}

/** Terminals of which each line end begins a new line at its left edge. */
export const terminalOutput = (): Transform =>
  new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, Buffer.from(chunk.toString('latin1').replaceAll('\n', '\r\n'), 'latin1'));
    },
  });
