/** How long the edges wait for clients, in milliseconds. The same on all of them, but for what a contract says. */
export interface EdgeTimes {
  /** For the greeting of a TLS client. */
  readonly handshake: number;
  /** For the head of a request, from the first byte of the connection on. A server written in Go has a time of its own. */
  readonly head: number;
  /** For the next byte of a body. */
  readonly bodyPause: number;
  /**
   * For a whole request to a service of ours. Where bodies are passed on they may take as long as they like, if by then
   * they come faster than `SLOWEST_BODY`.
   */
  readonly request: number;
  /** For anything to move on a connection whose client has said that it sends no more. */
  readonly halfOpen: number;
}

export const edgeTimes: EdgeTimes = {
  handshake: 10_000,
  head: 10_000,
  bodyPause: 30_000,
  request: 120_000,
  halfOpen: 30_000,
};

/** Bytes a second, on the average. */
export const SLOWEST_BODY = 64;

/** After this a client that says nothing is asked by TCP whether it is still there; without an answer it is gone soon. */
export const PROBE_AFTER = 30_000;
