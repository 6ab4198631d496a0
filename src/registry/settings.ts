/** What the composition root tells the registry; everything has a default. */
export interface RegistrySettings {
  /** Milliseconds after which a request that is not answered loses its connection; default 10 s, as deployed. */
  readonly requestTimeout?: number | undefined;
  /** Milliseconds that fetching a specification may take; default: what the generation has. */
  readonly specRequestTimeout?: number | undefined;
  /** Tell clients the text of internal errors; default false. */
  readonly detailedErrorResponse?: boolean | undefined;
  /** Fetch specifications from hosts whose TLS certificate is not trusted; default false. */
  readonly insecureSpecDownload?: boolean | undefined;
  /** PEM texts of authorities that are trusted besides the public ones when specifications are fetched. */
  readonly trustedCertificates?: readonly string[] | undefined;
  /** Where specifications and tokens for them may be fetched, see `outgoingRules`; default: anywhere but from metadata services. */
  readonly outgoing?: readonly string[] | undefined;
  /** Bytes; a fetched specification that is larger counts as a failed fetch. Default 64 MiB. */
  readonly maxSpecificationSize?: number | undefined;
  /**
   * Milliseconds after which a stored specification becomes readable; default 0, at once. From 0.9 on a cluster needs
   * some seconds, so that clients which read right after registering see none. (metadata-service §8.4, §13)
   */
  readonly assetDelay?: number | undefined;
}

/** Where the registry keeps its Services and Secrets. */
export const REGISTRY_NAMESPACE = 'kyma-integration';

export const defaults = {
  requestTimeout: 10_000,
  maxSpecificationSize: 64 * 1024 * 1024,
} as const;
