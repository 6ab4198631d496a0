import { type LookupAddress, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';
import type { Logger } from '../../core/log.ts';
import { type OutgoingRules, outgoingRules } from '../../core/outgoing-rules.ts';

export interface DestinationOptions {
  /** Rules for where calls may go, see `outgoingRules`. Default: anywhere but to metadata services of clouds. */
  readonly outgoing?: readonly string[] | undefined;
  /** Told of each connection that the rules do not allow. */
  readonly log?: Logger | undefined;
  /** Finds the addresses of a name. Default: the system's, with its hosts file. */
  readonly lookup?: LookupFunction | undefined;
}

/** Judges where a connection leads, by name and by address: what a name leads to is known only to who connects. */
export interface Destinations {
  /** The error with which a connection to the host fails; undefined when its name, or the address that it is, is allowed. */
  refusalOf(host: string): Error | undefined;
  /** For whoever connects then: finds only addresses that are allowed. */
  readonly lookup: LookupFunction;
}

export function destinations({ outgoing = [], log, lookup = systemLookup }: DestinationOptions): Destinations {
  const rules: OutgoingRules = outgoingRules(outgoing);

  function refusal(host: string, address?: string): Error {
    log?.warn({ host, address }, 'a call was not made: --outgoing has no rule that allows where it leads');
    return unreachable(host, address);
  }

  return {
    refusalOf: (host) => (rules.allows(host) ? undefined : refusal(host)),
    lookup: (host, options, callback) =>
      lookup(host, { ...options, all: true }, (error, found) => {
        if (error) return callback(error, found);
        const all = found as readonly LookupAddress[];
        const allowed = all.filter(({ address }) => rules.allows(host, address));
        const [first] = allowed;
        if (!first) callback(refusal(host, all[0]?.address), []);
        else if (options.all) callback(null, allowed);
        else callback(null, first.address, first.family);
      }),
  };
}

/** Fails as a connection does that finds no way, which is all that callers see; the cause says more to people. */
const unreachable = (host: string, address: string | undefined): Error =>
  Object.assign(
    new Error(`connect EHOSTUNREACH ${host}`, {
      cause: new Error(`--outgoing does not allow calls to ${address === undefined ? host : `${host} (${address})`}`),
    }),
    { code: 'EHOSTUNREACH' },
  );
