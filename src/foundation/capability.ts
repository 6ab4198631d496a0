import type { ClusterService } from '../cluster/service.ts';
import type { NamedSites } from '../cluster/table.ts';
import type { Site } from '../http/site.ts';
import type { EdgePlan } from './edge.ts';

/**
 * A part of the control plane with one face. `create<Name>(foundation)` makes it; the composition root puts what it has
 * on edges, under names of the cluster, and before kubectl. Capabilities do not know each other: they meet in the store.
 */
export interface Capability {
  readonly name: string;
  /** Its rows of the table of the cluster's services. */
  readonly services?: readonly ClusterService[] | undefined;
  /** Names of the cluster that no row lists, since they are made up per resource. */
  readonly names?: NamedSites | undefined;
  /** What it shows on the two public hosts. */
  readonly routes?: readonly PublicRoute[] | undefined;
  readonly edges?: readonly EdgePlan[] | undefined;
  /** What answers on the internal edge under the machine's own names. One capability has it. */
  readonly localhost?: Site | undefined;
  /** Ends what would last for ever, such as watches: called before the listeners close, which wait for their answers. */
  endStreams?(): void | Promise<void>;
  /** Forgets whatever it keeps outside of the store: tokens of others, caches. */
  reset?(): void;
  /** Releases what it holds. Calling it twice is harmless. */
  close(): Promise<void>;
}

/** A part of a public host. */
export interface PublicRoute {
  /** `connector`: TLS for everybody; `gateway`: only with a client certificate. */
  readonly host: 'connector' | 'gateway';
  /** Gets the decoded path. */
  readonly matches: (path: string) => boolean;
  readonly site: Site;
}
