import type { ServerResponse } from 'node:http';
import type { Dispatcher } from 'undici';
import type { RawHeaders } from '../../http/raw-headers.ts';
import type { Defects } from '../releases/defects.ts';
import { type AnswerWriter, endWith, StreamedWriter } from '../transport/answer-writer.ts';
import type { AnswerSink } from '../transport/delivery.ts';
import type { ResponseHeaders } from '../transport/headers.ts';

/** How answers are written. (application-gateway §9) */
export const answerWriters: Record<Defects['answers'], (response: ServerResponse) => AnswerWriter> = {
  streamed: (response) => new StreamedWriter(response),
  'held-back': (response) => new HoldingWriter(response),
};

/** Bytes of an answer that are held back until there are so many: Go's buffers. */
const HELD_BACK = 4096;

/** Sends nothing before there is enough of it, or the answer is at its end. */
class HoldingWriter implements AnswerWriter {
  readonly #response: ServerResponse;
  #waiting: Buffer[] = [];
  #length = 0;

  constructor(response: ServerResponse) {
    this.#response = response;
  }

  head(status: number, headers: RawHeaders): void {
    this.#response.writeHead(status, headers);
  }

  write(chunk: Buffer): boolean {
    this.#waiting.push(chunk);
    this.#length += chunk.length;
    return this.#length < HELD_BACK || this.#response.write(this.#take());
  }

  end(): void {
    endWith(this.#response, this.#take());
  }

  flush(done: () => void): void {
    this.#response.write(this.#take(), done);
  }

  #take(): Buffer {
    const bytes = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#length = 0;
    return bytes;
  }
}

/**
 * What the client gets of the answer to a call that was repeated. (application-gateway §5.7, §23.1)
 * @param lost told when the rest of it is not the client's
 */
type Seen = (answer: AnswerSink, raw: RawHeaders, lost: (reason: Error) => void) => AnswerSink;

export const answersSeen: Record<Defects['repeatedAnswer'], Seen> = {
  whole: (answer) => answer,
  'first-read': (answer, raw, lost) => new FirstRead(answer, raw, lost),
  // The answer of the first call is the client's.
  unseen: (answer) => answer,
};

/** Bytes that Go takes from a connection at a time, the head of the answer among them. */
const FIRST_READ = 4096;

/** Delivers what comes together with the head. */
class FirstRead implements AnswerSink {
  readonly #answer: AnswerSink;
  readonly #lost: () => void;
  #left: number;
  #isThrough = false;

  constructor(answer: AnswerSink, raw: RawHeaders, lost: (reason: Error) => void) {
    this.#answer = answer;
    this.#lost = () => lost(new Error('the rest of a repeated answer is lost'));
    const head = raw.reduce((length, text) => length + text.length + 2, 'HTTP/1.1 200 OK\r\n\r\n'.length);
    this.#left = Math.max(0, FIRST_READ - head);
    // What has come together with the head is delivered by then.
    process.nextTick(() => {
      if (!this.#isThrough) this.#lost();
    });
  }

  begin(head: ResponseHeaders): void {
    this.#answer.begin(head);
  }

  write(chunk: Buffer, source: Dispatcher.DispatchController): void {
    const first = chunk.subarray(0, this.#left);
    this.#left -= first.length;
    this.#answer.write(first, source);
  }

  end(trailers: [string, string][]): void {
    if (this.#left === 0) {
      this.#lost();
      return;
    }
    this.#isThrough = true;
    this.#answer.end(trailers);
  }
}
