/** Header names and values in turn, as Node's `rawHeaders`. */
export type RawHeaders = string[];

/** The values of a header, whose name is given in lower case. */
export const headerValues = (headers: RawHeaders, name: string): string[] =>
  headers.filter((_, at) => at % 2 === 1 && headers[at - 1]?.toLowerCase() === name);
