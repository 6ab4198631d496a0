import type { Stored } from '../../resources/resource.ts';

export type Cell = string | number | boolean | null;

/** A column of a Table: what is said about it, and how its cells are made. (kubernetes-api §4.2) */
export interface Column {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly description: string;
  readonly priority: number;
  readonly cell: (resource: Stored, now: number) => Cell;
}
