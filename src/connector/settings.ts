import type { ExpectedSubject } from './subject-check.ts';

/** What the composition root tells the Connector Service. */
export interface ConnectorSettings {
  /** Tokens and certificates also for runtimes, with tenant and group. */
  readonly central: boolean;
  /** Reproduce upstream's defects that the contract marks as quirks. */
  readonly quirks: boolean;
  /** The fixed part of every certificate's subject. */
  readonly subject: Omit<ExpectedSubject, 'CN'>;
  /** Milliseconds; absent: what the generation has. Zero and negative values are read as the generation reads them. */
  readonly appTokenTtl?: number | undefined;
  readonly runtimeTokenTtl?: number | undefined;
  readonly certificateValidity?: number | undefined;
  /** PEM of a root above the issuing authority. */
  readonly rootCertificate?: string | undefined;
}

/** Public base URLs without a trailing slash; an empty gateway URL gives empty gateway addresses. */
export interface ConnectorUrls {
  readonly connector: string;
  readonly gateway: string;
}

/** Where the service keeps its own things in the cluster. */
export const CONNECTOR_NAMESPACE = 'kyma-integration';
