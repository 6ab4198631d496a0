/** One code of the catalogue. Texts are for people; a page of the docs is made from them. */
export interface Entry {
  /** When it happens, as a sentence. */
  readonly when: string;
  /**
   * What is told: names in braces stand for values. Where a code has several texts, they have names too, and are asked
   * for as `CODE.name`.
   */
  readonly message: string | Readonly<Record<string, string>>;
  /** What to do about it, as a sentence. */
  readonly remedy: string;
  /** How a command ends that runs into it; absent: as after wrong usage. */
  readonly exit?: 'failed' | 'unreachable';
  /** The status with which the control API answers. */
  readonly status?: number;
}

/** Entries by their code. */
export type Entries = Readonly<Record<string, Entry>>;

type Names<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | Names<Rest> : never;

/** A value for each name in a text. */
export type ValuesFor<Text> = { readonly [Name in Names<Text>]: string | number };

/** A text with its values in place; names in braces inside of values stay as they are. */
export const fillIn = (text: string, values: Readonly<Record<string, string | number>>) =>
  text.replace(/\{(\w+)\}/g, (name, key: string) => String(values[key] ?? name));
