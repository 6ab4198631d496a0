import { realpath } from 'node:fs/promises';
import { parseDocument, YAMLMap, YAMLSeq } from 'yaml';
import { messageOf, UserError, userError } from '../core/errors.ts';
import { ifThere, readIfThere, writeWhole } from '../core/files.ts';

/**
 * Puts our entries into a kubeconfig and makes them the current ones; entries of others, and comments, stay.
 * @param existing text of a kubeconfig; empty or undefined for a new one
 * @param ours text of the kubeconfig of an instance
 * @param file for the message
 * @throws UserError `KUBECONFIG_INVALID` when the file is no kubeconfig
 */
export function mergeKubeconfig(existing: string | undefined, ours: string, file: string): string {
  if (existing === undefined || existing.trim() === '') return ours;
  const document = parseDocument(existing, { prettyErrors: false });
  const [error] = document.errors;
  if (error) throw invalid(file, error.message);
  if (!(document.contents instanceof YAMLMap)) throw invalid(file, 'it is not a map of clusters, users and contexts');
  const own = parseDocument(ours).toJS() as Kubeconfig;
  for (const list of ['clusters', 'users', 'contexts'] as const) {
    for (const entry of own[list]) put(document, list, entry, file);
  }
  document.set('current-context', own['current-context']);
  return document.toString({ lineWidth: 0 });
}

interface Kubeconfig {
  readonly clusters: readonly Entry[];
  readonly users: readonly Entry[];
  readonly contexts: readonly Entry[];
  readonly 'current-context': string;
}

interface Entry {
  readonly name: string;
}

type Document = ReturnType<typeof parseDocument>;

function put(document: Document, list: string, entry: Entry, file: string): void {
  const present = document.get(list);
  const node = document.createNode(entry);
  if (present === undefined || present === null) {
    document.set(list, document.createNode([entry]));
    return;
  }
  if (!(present instanceof YAMLSeq)) throw invalid(file, `${list} is not a list`);
  // An empty list in one line would take our entries into that line.
  present.flow = false;
  const index = present.items.findIndex((item) => item instanceof YAMLMap && item.get('name') === entry.name);
  if (index < 0) present.add(node);
  else present.items[index] = node;
}

const invalid = (file: string, reason: string) => userError('KUBECONFIG_INVALID', { file, reason });

/**
 * Merges our entries into a file, in one step and for its owner only; a file that is not there is made.
 * @throws UserError `KUBECONFIG_INVALID`, `KUBECONFIG_UNWRITABLE`
 */
export async function mergeIntoFile(file: string, ours: string): Promise<void> {
  try {
    // A link stays a link; what it leads to is replaced.
    const target = (await ifThere(realpath(file))) ?? file;
    const merged = mergeKubeconfig(await readIfThere(target), ours, file);
    await writeWhole(target, merged, { mode: 0o600, folderMode: 0o700 });
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw userError('KUBECONFIG_UNWRITABLE', { file, reason: messageOf(error) }, { cause: error });
  }
}
