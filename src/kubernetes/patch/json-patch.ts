import { setMember } from '../../core/set-member.ts';
import { isMembers } from '../../resources/schema.ts';
import { isSame } from './field-set.ts';

/** As many operations as an API server takes in one patch, and as many bytes as all its copies may add. */
const MAX_OPERATIONS = 10_000;
const MAX_COPIED = 3 * 1024 * 1024;

/** Whether a patch is no JSON patch (RFC 6902), is too long, or does not fit the value. */
export type JsonPatchFault = 'malformed' | 'too long' | 'refused';

export class JsonPatchError extends Error {
  readonly fault: JsonPatchFault;

  constructor(message: string, fault: JsonPatchFault = 'refused') {
    super(message);
    this.fault = fault;
  }
}

type Path = readonly string[];
type Operand = Readonly<Record<string, unknown>>;
type Container = Record<string, unknown> | unknown[];

/** Applies the operations in their order; the value is not changed. @throws JsonPatchError */
export function applyJsonPatch(value: unknown, patch: unknown): unknown {
  if (!Array.isArray(patch)) throw new JsonPatchError('a JSON patch is a list of operations', 'malformed');
  if (patch.length > MAX_OPERATIONS) {
    const limit = `The allowed maximum operations in a JSON patch is ${MAX_OPERATIONS}, got ${patch.length}`;
    throw new JsonPatchError(limit, 'too long');
  }
  const draft = new Draft(value);
  for (const operation of patch) applyOperation(draft, operation);
  return draft.value;
}

function applyOperation(draft: Draft, operation: unknown): void {
  if (!isMembers(operation)) throw new JsonPatchError('an operation of a JSON patch is an object', 'malformed');
  const run = Object.hasOwn(operations, String(operation.op)) ? operations[String(operation.op)] : undefined;
  if (!run) throw new JsonPatchError(`unknown operation ${JSON.stringify(operation.op)}`, 'malformed');
  run(draft, pathOf(operation, 'path'), operation);
}

type Operation = (draft: Draft, path: Path, operation: Operand) => void;

const operations: Readonly<Record<string, Operation>> = {
  add: (draft, path, operation) => draft.add(path, given(operation)),
  remove: (draft, path) => draft.remove(path),
  replace: (draft, path, operation) => draft.replace(path, given(operation)),
  move: (draft, path, operation) => {
    const from = pathOf(operation, 'from');
    const moved = draft.get(from);
    draft.remove(from);
    draft.add(path, moved);
  },
  copy: (draft, path, operation) => draft.add(path, draft.copyOf(pathOf(operation, 'from'))),
  test: (draft, path, operation) => {
    if (!isSame(draft.get(path), given(operation))) throw new JsonPatchError(`test of ${pointer(path)} failed`);
  },
};

function given(operation: Operand): unknown {
  if (!('value' in operation)) throw new JsonPatchError('an operation has no value', 'malformed');
  return operation.value;
}

function pathOf(operation: Operand, member: string): Path {
  const text = operation[member];
  if (typeof text !== 'string' || (text !== '' && !text.startsWith('/'))) {
    throw new JsonPatchError(`${member} is not a JSON pointer`, 'malformed');
  }
  const parts = text.split('/').slice(1);
  return parts.map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

const pointer = (path: Path) => `/${path.join('/')}`;
const missing = (path: Path) => new JsonPatchError(`${pointer(path)} does not exist`);

/**
 * A value that is edited in place, and the original stays as it was: each object and list on the way to an edit is
 * copied once for the whole patch, not once for each operation.
 */
class Draft {
  value: unknown;
  readonly #own = new Set<unknown>();
  #copied = 0;

  constructor(value: unknown) {
    this.value = value;
  }

  get(path: Path): unknown {
    return path.reduce((current: unknown, segment) => member(current, segment, path), this.value);
  }

  add(path: Path, added: unknown): void {
    this.#edit(path, added, (container, segment) => {
      if (!Array.isArray(container)) setMember(container, segment, added);
      else container.splice(segment === '-' ? container.length : position(segment, container.length, path), 0, added);
    });
  }

  remove(path: Path): void {
    this.get(path);
    this.#edit(path, null, (container, segment) => {
      if (Array.isArray(container)) container.splice(Number(segment), 1);
      else delete container[segment];
    });
  }

  replace(path: Path, value: unknown): void {
    this.get(path);
    this.#edit(path, value, (container, segment) => {
      if (Array.isArray(container)) container[Number(segment)] = value;
      else setMember(container, segment, value);
    });
  }

  /** A copy of a part. @throws JsonPatchError when the copies of the patch become too large */
  copyOf(path: Path): unknown {
    const text = JSON.stringify(this.get(path));
    this.#copied += text.length;
    if (this.#copied > MAX_COPIED) throw new JsonPatchError(`the copies are larger than ${MAX_COPIED} bytes`);
    return JSON.parse(text);
  }

  /** Edits the container of the last segment. @param whole what the value becomes when there is none */
  #edit(path: Path, whole: unknown, edit: (container: Container, segment: string) => void): void {
    const segment = path.at(-1);
    if (segment === undefined) {
      this.value = whole;
      return;
    }
    let container = this.#owned(this.value, path);
    this.value = container;
    for (const step of path.slice(0, -1)) {
      const inner = this.#owned(member(container, step, path), path);
      if (Array.isArray(container)) container[Number(step)] = inner;
      else setMember(container, step, inner);
      container = inner;
    }
    edit(container, segment);
  }

  #owned(value: unknown, path: Path): Container {
    if (this.#own.has(value)) return value as Container;
    if (!Array.isArray(value) && !isMembers(value)) throw missing(path);
    const copy: Container = Array.isArray(value) ? [...value] : { ...value };
    this.#own.add(copy);
    return copy;
  }
}

/** What a container has under a segment. @throws JsonPatchError when there is nothing */
function member(container: unknown, segment: string, path: Path): unknown {
  if (Array.isArray(container)) return container[position(segment, container.length - 1, path)];
  if (isMembers(container) && Object.hasOwn(container, segment)) return container[segment];
  throw missing(path);
}

function position(segment: string, last: number, path: Path): number {
  if (!/^(0|[1-9]\d*)$/.test(segment) || Number(segment) > last) throw missing(path);
  return Number(segment);
}
