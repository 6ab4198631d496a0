import { optionRows } from './options.ts';
import type { Resolved } from './resolve.ts';
import { showValue } from './values.ts';

/** Every setting with its value and where the value comes from, in the order of the table, grouped. */
export function printConfig({ settings, origins, file }: Resolved): string {
  const rows = optionRows.map(([name, option]) => {
    const value = settings[name];
    const shown = value === undefined ? `(${option.whenUnset ?? 'not set'})` : showValue(option, value) || '(empty)';
    return { group: option.group, name, shown, origin: origins[name] };
  });
  const nameWidth = Math.max(...rows.map(({ name }) => name.length));
  // One long path must not push the last column off the screen for all the others.
  const valueWidth = Math.min(44, Math.max(...rows.map(({ shown }) => shown.length)));
  const lines = [`Configuration file: ${file ?? 'none'}`];
  let group = '';
  for (const row of rows) {
    if (row.group !== group) lines.push('', row.group);
    group = row.group;
    lines.push(`  ${row.name.padEnd(nameWidth)}  ${row.shown.padEnd(valueWidth)}  ${row.origin}`);
  }
  return `${lines.join('\n')}\n`;
}
