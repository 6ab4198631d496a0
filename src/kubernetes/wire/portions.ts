/** Characters after which a portion of a long text is sent. */
const PORTION = 512 * 1024;

/** A text as it is sent: whole, or in portions that are made while it is sent. */
export type Text = string | Buffer | Iterable<string>;

/** What a list consists of. */
export interface ListParts<T> {
  readonly head: string;
  readonly items: readonly T[];
  /** The text of one item; asked for when it is its turn. */
  readonly textOf: (item: T) => string;
  readonly tail: string;
}

/** The text of a list, whole when it is short. */
export function listText<T>(list: ListParts<T>): string | Iterable<string> {
  const portions = portionsOf(list);
  const first = portions.next();
  const second = portions.next();
  if (first.done) return '';
  return second.done ? first.value : chain([first.value, second.value], portions);
}

function* portionsOf<T>({ head, items, textOf, tail }: ListParts<T>): Generator<string, void> {
  let portion = head;
  let comma = '';
  for (const item of items) {
    portion += comma + textOf(item);
    comma = ',';
    if (portion.length < PORTION) continue;
    yield portion;
    portion = '';
  }
  yield portion + tail;
}

function* chain(first: readonly string[], rest: Iterable<string>): Generator<string, void> {
  yield* first;
  yield* rest;
}
