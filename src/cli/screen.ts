import { styleText } from 'node:util';
import type { Settings } from '../config/options.ts';
import { isLoopback } from '../core/loopback.ts';
import { shownPath } from './paths.ts';

interface ScreenEdge {
  readonly name: string;
  readonly url: string;
  /** The address that it listens on. */
  readonly host: string;
  readonly serves: string;
  /** What whoever reaches it gets without a login. */
  readonly givesAway?: string | undefined;
}

/** What the first screen tells. */
export interface ScreenContent {
  readonly version: string;
  readonly settings: Pick<Settings, 'kyma' | 'quirks' | 'ephemeral' | 'dataDir'>;
  readonly edges: readonly ScreenEdge[];
  readonly caFile: string | undefined;
  readonly caUrl: string | undefined;
  readonly kubeconfigFile: string | undefined;
  readonly cwd: string;
  /** How the user runs another command, e.g. `npx kymulator`. */
  readonly invocation: string;
  /** Milliseconds from the start of the process. */
  readonly readyIn: number;
  readonly colours: boolean;
}

/** The screen that `up` prints once everything listens. */
export function firstScreen(content: ScreenContent): string {
  const { version, settings, edges, cwd } = content;
  const bold = (text: string) => (content.colours ? styleText('bold', text, { validateStream: false }) : text);
  const release = settings.kyma === 'latest' ? 'the newest release that had each API' : `Kyma ${settings.kyma}`;
  const facts = [
    ['Simulates', settings.quirks ? `${release}, with its quirks` : release],
    ['State', settings.ephemeral ? 'in memory, gone after the stop' : shownPath(settings.dataDir, cwd)],
    ['CA', content.caFile === undefined ? (content.caUrl ?? 'in memory') : shownPath(content.caFile, cwd)],
    ...(content.kubeconfigFile === undefined
      ? []
      : [['kubectl', `export KUBECONFIG=${shownPath(content.kubeconfigFile, cwd)}`] as const]),
    ...openness(edges),
    ['Next', bold(`${content.invocation} connect shop`)],
  ] as const;
  const nameWidth = Math.max(
    ...[...edges.map(({ name }) => name), ...facts.map(([name]) => name)].map((s) => s.length),
  );
  const urlWidth = Math.max(0, ...edges.map(({ url }) => url.length));
  const lines = [
    bold(`Kymulator ${version}`),
    '',
    ...edges.map(({ name, url, serves }) => `  ${name.padEnd(nameWidth)}  ${url.padEnd(urlWidth)}  ${serves}`),
    '',
    ...facts.map(([name, text]) => `  ${name.padEnd(nameWidth)}  ${text}`),
    '',
    `Ready in ${Math.round(content.readyIn)} ms. Ctrl+C stops.`,
  ];
  return `${lines.map((line) => line.trimEnd()).join('\n')}\n`;
}

/** Which edges others reach, and what they get there without a login. Nothing where all is on loopback. */
function openness(edges: readonly ScreenEdge[]): (readonly [name: string, text: string])[] {
  const open = edges.filter(({ host }) => !isLoopback(host));
  const hosts = [...new Set(open.map(({ host }) => host))];
  const reached = hosts.map((host) => {
    const names = open.filter((edge) => edge.host === host).map(({ name }) => name);
    return `${isAny(host) ? 'whoever reaches this machine' : `whoever reaches ${host}`}: ${names.join(', ')}`;
  });
  const given = [...new Set(open.flatMap(({ givesAway = [] }) => givesAway))].map((what) => {
    const names = open.filter(({ givesAway }) => givesAway === what).map(({ name }) => name);
    return `${what} (${names.join(', ')})`;
  });
  const titled = (title: string, texts: readonly string[]) =>
    texts.map((text, at) => [at === 0 ? title : '', text] as const);
  return [...titled('Open to', reached), ...titled('Without a login', given)];
}

const isAny = (host: string) => host === '0.0.0.0' || host === '::';
