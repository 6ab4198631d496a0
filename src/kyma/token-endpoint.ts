/** The POST that yields a token of an application, at the Connector Service's internal API. (connector-service §3.1, §4.2) */
export interface TokenEndpoint {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}
