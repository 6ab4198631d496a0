import { badRequest } from '../wire/status.ts';

/** A command and the streams that the client wants of it. */
export interface ExecRequest {
  readonly command: readonly [file: string, ...args: string[]];
  readonly container: string | undefined;
  readonly stdin: boolean;
  readonly stdout: boolean;
  /** Never with a terminal, which has only one output. */
  readonly stderr: boolean;
  readonly tty: boolean;
}

/** Kubernetes takes everything for yes that is not no. */
const isSet = (value: string | null) => value !== null && value !== '0' && value.toLowerCase() !== 'false';

/**
 * Reads the query of an exec request. (kubernetes-api §11)
 * @throws ApiError 400
 */
export function readExecRequest(query: URLSearchParams): ExecRequest {
  const [file, ...args] = query.getAll('command');
  if (!file) throw badRequest('you must specify at least one command for the container');
  const tty = isSet(query.get('tty'));
  const [stdin, stdout, stderr] = ['stdin', 'stdout', 'stderr'].map((name) => isSet(query.get(name)));
  if (!stdin && !stdout && !stderr) throw badRequest('you must specify at least 1 of stdin, stdout, stderr');
  return {
    command: [file, ...args],
    container: query.get('container') || undefined,
    stdin: stdin === true,
    stdout: stdout === true,
    stderr: stderr === true && !tty,
    tty,
  };
}
