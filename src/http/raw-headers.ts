/** Header names and values in turn, as Node's `rawHeaders`. */
export type RawHeaders = string[];

/** The values of a header, whose name is given in lower case. */
export const headerValues = (headers: readonly string[], name: string): string[] =>
  headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);

/** Credentials for `Authorization`: two binary strings, sent as they are. */
export const basicAuthorization = (user: string, password: string) =>
  `Basic ${Buffer.from(`${user}:${password}`, 'latin1').toString('base64')}`;
