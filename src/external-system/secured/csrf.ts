import { type Answer, sendEmpty } from '../exchange.ts';
import { CSRF_COOKIE } from './guards.ts';

/** Tells a token in header and cookie. (external-systems §2.4) */
export const csrfAnswer = (token: string): Answer =>
  sendEmpty(200, { 'X-Csrf-Token': token, 'Set-Cookie': `${CSRF_COOKIE}=${token}` });
