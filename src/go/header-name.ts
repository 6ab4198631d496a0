/** `x-lower` becomes `X-Lower`, the spelling of Go's servers and clients. */
export function canonicalName(name: string): string {
  let start = true;
  for (let at = 0; at < name.length; at++) {
    const code = name.charCodeAt(at);
    const isLower = code >= 0x61 && code <= 0x7a;
    const isUpper = code >= 0x41 && code <= 0x5a;
    if (start ? isLower : isUpper) return recased(name);
    start = code === 0x2d;
  }
  return name;
}

const recased = (name: string) =>
  name
    .toLowerCase()
    .split('-')
    .map((part) => part.slice(0, 1).toUpperCase() + part.slice(1))
    .join('-');
