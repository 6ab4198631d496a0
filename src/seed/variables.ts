import type { Path } from '../resources/problem.ts';

export type Variables = Readonly<Record<string, string>>;

/** `${NAME}`, or `$${NAME}` for the text itself. */
const PLACEHOLDER = /(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Fills placeholders in; `unknown` is told the names that have no value, which stay as they are. */
function fillIn(text: string, variables: Variables, unknown: (name: string) => void): string {
  if (!text.includes('${')) return text;
  return text.replace(PLACEHOLDER, (placeholder: string, dollar: string, name: string) => {
    if (dollar) return placeholder.slice(1);
    if (Object.hasOwn(variables, name)) return variables[name] as string;
    unknown(name);
    return placeholder;
  });
}

/** Fills in every text of a value; `refuse` is told where a name has no value. */
export function fillInValues(
  value: unknown,
  path: Path,
  variables: Variables,
  refuse: (path: Path, text: string) => void,
): unknown {
  if (typeof value === 'string') {
    return fillIn(value, variables, (name) => {
      const known = Object.keys(variables).sort().join(', ') || 'none';
      refuse(path, `unknown variable \${${name}} (known: ${known}; write $\${${name}} for the text)`);
    });
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item, index) => fillInValues(item, [...path, index], variables, refuse));
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, fillInValues(member, [...path, name], variables, refuse)]),
  );
}
