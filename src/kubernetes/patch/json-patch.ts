import { isMembers } from '../../resources/schema.ts';
import { isSame } from './field-set.ts';

/** A patch that is no JSON patch (RFC 6902), or one that does not fit the value. */
export class JsonPatchError extends Error {
  /** Whether the patch itself is malformed, whatever it is applied to. */
  readonly malformed: boolean;

  constructor(message: string, malformed = false) {
    super(message);
    this.malformed = malformed;
  }
}

type Path = readonly string[];

/** Applies the operations in their order; the value is not changed. @throws JsonPatchError */
export function applyJsonPatch(value: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new JsonPatchError('a JSON patch is a list of operations', true);
  return patch.reduce((current: unknown, operation) => applyOperation(current, operation), value);
}

function applyOperation(value: unknown, operation: unknown): unknown {
  if (!isMembers(operation)) throw new JsonPatchError('an operation of a JSON patch is an object', true);
  const run = Object.hasOwn(operations, String(operation.op)) ? operations[String(operation.op)] : undefined;
  if (!run) throw new JsonPatchError(`unknown operation ${JSON.stringify(operation.op)}`, true);
  return run(value, pathOf(operation, 'path'), operation);
}

type Operation = (value: unknown, path: Path, operation: Readonly<Record<string, unknown>>) => unknown;

const operations: Readonly<Record<string, Operation>> = {
  add: (value, path, operation) => add(value, path, given(operation)),
  remove: (value, path) => remove(value, path),
  replace: (value, path, operation) => {
    get(value, path);
    return path.length === 0 ? given(operation) : add(remove(value, path), path, given(operation));
  },
  move: (value, path, operation) => {
    const from = pathOf(operation, 'from');
    const moved = get(value, from);
    return add(remove(value, from), path, moved);
  },
  copy: (value, path, operation) => add(value, path, get(value, pathOf(operation, 'from'))),
  test: (value, path, operation) => {
    if (!isSame(get(value, path), given(operation))) throw new JsonPatchError(`test of ${pointer(path)} failed`);
    return value;
  },
};

function given(operation: Readonly<Record<string, unknown>>): unknown {
  if (!('value' in operation)) throw new JsonPatchError('an operation has no value', true);
  return operation.value;
}

function pathOf(operation: Readonly<Record<string, unknown>>, member: string): Path {
  const text = operation[member];
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) {
    throw new JsonPatchError(`${member} is not a JSON pointer`, true);
  }
  const parts = text.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const pointer = (path: Path) => `/${path.join('/')}`;
const missing = (path: Path) => new JsonPatchError(`${pointer(path)} does not exist`);

function get(value: unknown, path: Path): unknown {
  let current = value;
  for (const segment of path) {
    if (Array.isArray(current)) current = current[position(segment, current.length - 1, path)];
    else if (isMembers(current) && Object.hasOwn(current, segment)) current = current[segment];
    else throw missing(path);
  }
  return current;
}

function position(segment: string, last: number, path: Path): number {
  if (!/^(0|[1-9]\d*)$/.test(segment) || Number(segment) > last) throw missing(path);
  return Number(segment);
}

/** Changes the container of the last segment; everything on the way there is copied. */
function change(value: unknown, path: Path, edit: (container: unknown, segment: string) => unknown): unknown {
  const visit = (current: unknown, rest: Path): unknown => {
    const [segment = '', ...deeper] = rest;
    if (deeper.length === 0) return edit(current, segment);
    if (Array.isArray(current)) {
      return current.with(
        position(segment, current.length - 1, path),
        visit(current[position(segment, current.length - 1, path)], deeper),
      );
    }
    if (!isMembers(current) || !Object.hasOwn(current, segment)) throw missing(path);
    return withMember(current, segment, visit(current[segment], deeper));
  };
  return visit(value, path);
}

function withMember(members: Readonly<Record<string, unknown>>, name: string, value: unknown) {
  const entries = Object.entries(members).filter(([other]) => other !== name);
  return Object.fromEntries([...entries, [name, value]]);
}

function add(value: unknown, path: Path, added: unknown): unknown {
  if (path.length === 0) return added;
  return change(value, path, (container, segment) => {
    if (Array.isArray(container)) {
      const at = segment === '-' ? container.length : position(segment, container.length, path);
      return container.toSpliced(at, 0, added);
    }
    if (!isMembers(container)) throw missing(path);
    return withMember(container, segment, added);
  });
}

function remove(value: unknown, path: Path): unknown {
  get(value, path);
  if (path.length === 0) return null;
  return change(value, path, (container, segment) => {
    if (Array.isArray(container)) return container.toSpliced(Number(segment), 1);
    return Object.fromEntries(Object.entries(container as object).filter(([name]) => name !== segment));
  });
}
