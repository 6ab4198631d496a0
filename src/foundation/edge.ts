import type { GoServerOptions } from '../http/go-server-options.ts';
import type { Site } from '../http/site.ts';

/** A port of the instance, as the capability that is behind it wants it. */
export interface EdgePlan {
  /** As in messages, logs and the list of edges. */
  readonly name: string;
  /** The command-line flag that sets the port. */
  readonly flag: string;
  /** 0 means any free port. */
  readonly port: number;
  /** Default: the instance's. */
  readonly host?: string | undefined;
  /** What a person finds there, in a few words. */
  readonly serves: string;
  readonly site: Pick<Site, 'handle' | 'upgrade' | 'upgrades'>;
  /** Whether request bodies may take as long as they like, as those that are passed on do. */
  readonly streams?: boolean | undefined;
  /** Reads requests as a server written in Go does. */
  readonly go?: GoServerOptions | undefined;
  /** Milliseconds that an idle connection is kept; default: Node's own. */
  readonly keepAlive?: number | undefined;
  /** Whether the edge has room of its own for connections, so that it answers whatever happens to the others. */
  readonly reserved?: boolean | undefined;
  /** Absent: plain HTTP. */
  readonly tls?: EdgeTls | undefined;
}

export interface EdgeTls {
  /** PEM texts that the edge shows for ever; default: the instance's server certificate, renewed while it runs. */
  readonly certificate?: { readonly key: string; readonly cert: string } | undefined;
  /**
   * `none`: clients show no certificate. `read`: they may, and the site decides by `clientIdentityOf`. `required`: one
   * without a good certificate gets no answer, in every release.
   */
  readonly clients: 'none' | 'read' | 'required';
}
