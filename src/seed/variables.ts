export type Variables = Readonly<Record<string, string>>;

/** `${NAME}`, or `$${NAME}` for the text itself. */
const PLACEHOLDER = /(\$?)\$\{([A-Za-z_][A-Za-z0-9_]*)\}/g;

/** Fills placeholders in; `unknown` is told the names that have no value, which stay as they are. */
export function fillIn(text: string, variables: Variables, unknown: (name: string) => void): string {
  if (!text.includes('${')) return text;
  return text.replace(PLACEHOLDER, (placeholder: string, dollar: string, name: string) => {
    if (dollar) return placeholder.slice(1);
    if (Object.hasOwn(variables, name)) return variables[name] as string;
    unknown(name);
    return placeholder;
  });
}
