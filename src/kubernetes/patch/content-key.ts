import { isMembers } from '../../resources/schema.ts';

/** A text that two JSON values share exactly when they are the same, whatever the order of their members. */
export function contentKey(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(contentKey).join()}]`;
  if (!isMembers(value)) return JSON.stringify(value) ?? 'undefined';
  const members = Object.keys(value)
    .sort()
    .map((name) => `${JSON.stringify(name)}:${contentKey(value[name])}`);
  return `{${members.join()}}`;
}
