import type { PrinterColumn } from '../../resources/printer-column.ts';
import { ageColumn } from '../../resources/printer-column.ts';
import type { ServedKind } from '../objects/catalog.ts';
import { ageSince } from './age.ts';
import type { Cell, Column } from './column.ts';
import { coreColumns } from './core-columns.ts';
import { evaluate, parseJsonPath } from './json-path.ts';

const nameColumn: Column = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'Name of the resource; unique within its namespace.',
  priority: 0,
  cell: ({ metadata }) => metadata.name,
};

/** The columns of a kind in one of its versions. */
export function columnsOf({ kind, form }: ServedKind): readonly Column[] {
  const own = kind.custom ? undefined : coreColumns[kind.kind];
  if (own) return own(nameColumn);
  const printed = form.columns && form.columns.length > 0 ? form.columns : [ageColumn];
  return [nameColumn, ...printed.map(printedColumn)];
}

function printedColumn(column: PrinterColumn): Column {
  const { name, type, format = '', jsonPath, priority = 0 } = column;
  const path = parseJsonPath(jsonPath) ?? [() => []];
  const read = readers[type] ?? readers.string;
  return {
    name,
    type,
    format,
    description: column.description ?? `Custom resource definition column (in JSONPath format): ${jsonPath}`,
    priority,
    cell: (resource, now) => {
      const found = evaluate(path, resource);
      return found.length === 0 || read === undefined ? null : read(found, now);
    },
  };
}

const textOf = (value: unknown) =>
  typeof value === 'object' && value !== null ? JSON.stringify(value) : value === null ? '' : String(value);

/** How the results of a path become a cell, by the type of the column. */
const readers: Readonly<Record<string, (found: readonly unknown[], now: number) => Cell>> = {
  string: (found) => found.map(textOf).join(' '),
  integer: ([value]) => (typeof value === 'number' ? Math.trunc(value) : null),
  number: ([value]) => (typeof value === 'number' ? value : null),
  boolean: ([value]) => (typeof value === 'boolean' ? value : null),
  date: ([value], now) => ageSince(value, now),
};
