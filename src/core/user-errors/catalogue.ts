import { authority } from './authority.ts';
import { callers } from './callers.ts';
import { commandLine } from './command-line.ts';
import { configuration } from './configuration.ts';
import { control } from './control.ts';
import type { Entry } from './entry.ts';
import { kubeconfig } from './kubeconfig.ts';
import { listening } from './listening.ts';
import { pairing } from './pairing.ts';
import { seed } from './seed.ts';
import { state } from './state.ts';

/** Everything that can go wrong and that a person can put right, by code. Codes stay; texts may get better. */
const userErrors = {
  ...configuration,
  ...listening,
  ...callers,
  ...authority,
  ...state,
  ...seed,
  ...kubeconfig,
  ...commandLine,
  ...pairing,
  ...control,
};

/** The same in the order and under the titles of docs/errors.md. */
export const userErrorGroups = [
  ['Configuration', configuration],
  ['Ports and addresses', listening],
  ['Callers of an edge', callers],
  ['Certificate authority', authority],
  ['State', state],
  ['Seeds', seed],
  ['Kubeconfig', kubeconfig],
  ['Command line', commandLine],
  ['Pairing', pairing],
  ['Control API', control],
] as const;

type Catalogue = typeof userErrors;

/** What programs test: the `code` of a `UserError`. */
export type UserErrorCode = keyof Catalogue;

type Message<Code extends UserErrorCode> = Catalogue[Code]['message'];

/** What a text is asked for by: a code, or `CODE.name` where that has several texts. */
export type MessageKey = {
  [Code in UserErrorCode]: Message<Code> extends string ? Code : `${Code}.${keyof Message<Code> & string}`;
}[UserErrorCode];

/** The text behind a key. */
export type MessageText<Key extends MessageKey> = Key extends UserErrorCode
  ? Message<Key>
  : Key extends `${infer Code extends UserErrorCode}.${infer Name}`
    ? Message<Code>[Name & keyof Message<Code>]
    : never;

/** What the catalogue says about a code. */
export const entryOf = (code: UserErrorCode): Entry => userErrors[code];

/** The code and the text behind a key. */
export function messageAt(key: MessageKey): { readonly code: UserErrorCode; readonly text: string } {
  const [code, name = ''] = key.split('.') as [UserErrorCode, string?];
  const { message } = entryOf(code);
  return { code, text: typeof message === 'string' ? message : (message[name] ?? '') };
}
