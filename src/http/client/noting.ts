import { performance } from 'node:perf_hooks';
import { messageOf } from '../../core/errors.ts';
import { fromBinary } from '../../go/url.ts';
import type { NoteCall, OutgoingCall } from '../annotations.ts';
import { shownUrl as showUrl } from '../shown-url.ts';
import { shownUrl } from './address.ts';
import type { Ask } from './request.ts';

/** Asks, and notes each call with what came of it; without `note` it only asks. */
export function noting(ask: Ask, purpose: OutgoingCall['purpose'], note: NoteCall | undefined): Ask {
  if (!note) return ask;
  return async (request) => {
    const began = performance.now();
    const target = showUrl(fromBinary(shownUrl(request.url)));
    const ms = () => Math.round((performance.now() - began) * 10) / 10;
    try {
      const answer = await ask(request);
      note({ purpose, target, status: answer.status, ms: ms() });
      return answer;
    } catch (error) {
      note({ purpose, target, ms: ms(), failure: messageOf(error) });
      throw error;
    }
  };
}
