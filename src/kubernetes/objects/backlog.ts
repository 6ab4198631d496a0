/** Characters that the clients of all watches together may leave unread. */
const MOST_TOGETHER = 64 * 1024 * 1024;

/** Somebody to whom more is told than it has read. */
export interface Reader {
  /** Ends it, and forgets what it has not read. */
  cutOff(): void;
}

/** What the clients of all watches have not read yet. When that is too much, those who read least have to go. */
export class Backlog {
  readonly #most: number;
  readonly #unread = new Map<Reader, number>();
  #total = 0;

  constructor(most = MOST_TOGETHER) {
    this.#most = most;
  }

  /** @param unread characters; 0 when all is read, or nobody is left to read it */
  set(reader: Reader, unread: number): void {
    this.#total += unread - (this.#unread.get(reader) ?? 0);
    if (unread > 0) this.#unread.set(reader, unread);
    else this.#unread.delete(reader);
    while (this.#total > this.#most) {
      const [slowest] = [...this.#unread].reduce((most, next) => (next[1] > most[1] ? next : most));
      this.set(slowest, 0);
      slowest.cutOff();
    }
  }
}
