import type { Stored } from '../../resources/resource.ts';
import type { ServedKind } from '../objects/catalog.ts';
import type { Texts } from '../objects/texts.ts';
import type { ListParts } from '../wire/portions.ts';
import type { Column } from './column.ts';
import { columnsOf } from './columns.ts';

/** What rows say about their object besides the cells. (kubernetes-api §4.2) */
export type Included = 'Metadata' | 'Object' | 'None';

/** The Tables of one instance. What does not change with time is made once. */
export class Tables {
  readonly #texts: Texts;
  readonly #columns = new WeakMap<ServedKind, { readonly columns: readonly Column[]; readonly text: string }>();

  constructor(texts: Texts) {
    this.#texts = texts;
  }

  /** A Table with these rows. @param metadata JSON of its metadata @param head whether the columns are described */
  of(served: ServedKind, resources: readonly Stored[], options: TableOptions): string {
    const { head, items, textOf, tail } = this.parts(served, resources, options);
    return head + items.map(textOf).join(',') + tail;
  }

  /** The same in parts; each row is made when it is asked for. */
  parts(served: ServedKind, resources: readonly Stored[], options: TableOptions): ListParts<Stored> {
    const { columns, text } = this.#columnsOf(served);
    const described = options.head === false ? '[]' : text;
    return {
      head: `{"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":${options.metadata},"columnDefinitions":${described},"rows":[`,
      items: resources,
      textOf: (resource) => this.#row(served, columns, resource, options),
      tail: ']}',
    };
  }

  #row(served: ServedKind, columns: readonly Column[], resource: Stored, { included, now }: TableOptions): string {
    const cells = JSON.stringify(columns.map(({ cell }) => cell(resource, now)));
    return `{"cells":${cells},"object":${this.#object(served, resource, included)}}`;
  }

  #object(served: ServedKind, resource: Stored, included: Included): string {
    if (included === 'None') return 'null';
    return included === 'Object' ? this.#texts.of(resource, served.apiVersion) : this.#texts.metadata(resource);
  }

  #columnsOf(served: ServedKind) {
    let known = this.#columns.get(served);
    if (!known) {
      const columns = columnsOf(served);
      known = { columns, text: JSON.stringify(columns.map(({ cell: _, ...column }) => column)) };
      this.#columns.set(served, known);
    }
    return known;
  }
}

export interface TableOptions {
  readonly metadata: string;
  readonly included: Included;
  readonly now: number;
  readonly head?: boolean;
}

export const includedOf = (text: string | undefined): Included =>
  text === 'Object' || text === 'None' ? text : 'Metadata';
