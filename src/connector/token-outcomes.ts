import { createHash } from 'node:crypto';
import { BoundedMap } from '../core/bounded-map.ts';
import type { TokenOutcome } from '../http/annotations.ts';
import type { Ticket, TokenBook } from './tokens.ts';

/** Hears what becomes of a token that somebody presented. */
export type TellOutcome = (outcome: TokenOutcome, application?: string) => void;

/** Tokens of which it is known why they are refused. Clients hear the same in every case; this is for people. */
export interface ExplainedTokens extends Pick<TokenBook, 'issue'> {
  /** @param name of the application, where that is the key */
  find(token: string, name: string | undefined, tell: TellOutcome): Promise<Ticket | undefined>;
  /** Forgets the fates of all tokens. */
  forget(): void;
}

/** Tokens whose fate is remembered, the latest of this process; what became of others is unknown. */
const REMEMBERED = 1000;

interface Fate {
  readonly application: string;
  readonly isUsed: boolean;
}

const hashOf = (token: string) => createHash('sha256').update(token).digest('base64');

/** The store forgets a token once it has been used. Its fate is remembered here, by its hash. */
export function explained(book: TokenBook): ExplainedTokens {
  let fates = new BoundedMap<Fate>(REMEMBERED);
  let latest = new BoundedMap<string>(REMEMBERED);

  const remember = (token: string, application: string) => {
    const hash = hashOf(token);
    fates.set(hash, { application, isUsed: false });
    latest.set(application, hash);
  };
  const mark = (token: string, application: string, isUsed: boolean) =>
    fates.set(hashOf(token), { application, isUsed });

  const outcomeOf = (token: string, name: string | undefined): TokenOutcome => {
    const hash = hashOf(token);
    const fate = fates.get(hash);
    if (!fate) return 'unknown';
    if (name !== undefined && fate.application !== name) return 'of another application';
    if (fate.isUsed) return 'used';
    return name !== undefined && latest.get(name) !== hash ? 'replaced' : 'expired';
  };

  const told = (ticket: Ticket, token: string, tell: TellOutcome): Ticket => {
    const { application } = ticket.context;
    return {
      context: ticket.context,
      async rotate() {
        const next = await ticket.rotate();
        mark(token, application, true);
        if (next === undefined) tell('used');
        else remember(next, application);
        return next;
      },
      async claim() {
        const isOurs = await ticket.claim();
        mark(token, application, true);
        if (!isOurs) tell('used');
        return isOurs;
      },
      async restore() {
        await ticket.restore();
        mark(token, application, false);
      },
    };
  };

  return {
    async issue(context, ttl) {
      const token = await book.issue(context, ttl);
      remember(token, context.application);
      return token;
    },
    async find(token, name, tell) {
      const ticket = await book.find(token, name);
      if (!ticket) {
        tell(outcomeOf(token, name));
        return undefined;
      }
      tell('accepted', ticket.context.application);
      return told(ticket, token, tell);
    },
    forget() {
      fates = new BoundedMap(REMEMBERED);
      latest = new BoundedMap(REMEMBERED);
    },
  };
}
