/**
 * Whether a host name or address, as it is listened on or as a URL has it, leads to this machine alone. A name other
 * than `localhost` may lead anywhere.
 */
export const isLoopback = (host: string): boolean =>
  /^(localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|::1|\[::1\])$/i.test(host);
