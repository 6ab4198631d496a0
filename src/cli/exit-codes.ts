/** What the exit codes of the command line mean; shown by `--help` and in docs/configuration.md. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  unreachable: 3,
  interrupted: 130,
} as const;

export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, 'success; also when up was stopped by Ctrl+C or SIGTERM'],
  [exitCodes.failed, 'failed while running'],
  [exitCodes.usage, 'wrong usage or configuration; a port that is taken'],
  [exitCodes.unreachable, 'no running instance was reached, or it was not ready in time'],
  [exitCodes.interrupted, 'interrupted before the work was done (143 after a second SIGTERM)'],
];
