import type { ClusterTable } from '../cluster/table.ts';
import type { Clock } from '../core/clock.ts';
import type { Logger } from '../core/log.ts';
import type { Random } from '../core/random.ts';
import type { Release } from '../core/release.ts';
import type { ResourceStore } from '../store/store.ts';
import type { PublicUrls } from './public-urls.ts';

/**
 * What a capability is made with.
 * @typeParam S what it reads of the instance's settings, under their names
 */
export interface Foundation<S> {
  readonly settings: S;
  readonly release: Release;
  readonly clock: Clock;
  readonly random: Random;
  /** The capability's own: its lines say whose they are. */
  readonly log: Logger;
  readonly store: ResourceStore;
  readonly authority: InstanceAuthority;
  /** The services of the capabilities that were made before this one, and of all once requests come. */
  readonly cluster: ClusterTable;
  /** Where clients outside find the instance. Known once the edges listen, so not before a request. */
  readonly urls: () => PublicUrls;
}

/** The certificate authority of the instance. PEM texts. */
export interface InstanceAuthority {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** A root above the issuing authority. */
  readonly rootPem: string | undefined;
}

/** What clients of the instance's own authority trust, as PEM texts: for calls that may lead back to the instance. */
export const trustedBy = ({ certificatePem, rootPem }: InstanceAuthority): readonly string[] => [
  certificatePem,
  ...(rootPem ? [rootPem] : []),
];
