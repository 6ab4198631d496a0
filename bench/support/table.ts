/** One line of a benchmark's result. Ratios are what counts: absolute numbers say more about the machine. */
export interface Figure {
  readonly figure: string;
  /** The measured thing, with its unit. */
  readonly value?: string | undefined;
  readonly baseline?: string | undefined;
  /** Measured thing to baseline. */
  readonly ratio?: number | undefined;
  /** What the ratio should be, or the value where there is no ratio. */
  readonly aim?: { readonly text: string; readonly met: boolean } | undefined;
}

const columns = [
  { title: 'figure', width: 58 },
  { title: 'value', width: 12 },
  { title: 'baseline', width: 12 },
  { title: 'ratio', width: 7 },
  { title: 'aim', width: 8 },
] as const;

const line = (cells: readonly string[]) =>
  columns
    .map(({ width }, index) => (index === 0 ? (cells[0] ?? '').padEnd(width) : (cells[index] ?? '').padStart(width)))
    .join('  ')
    .trimEnd();

export function printFigures(figures: readonly Figure[]): void {
  console.log(line(columns.map(({ title }) => title)));
  for (const { figure, value = '', baseline = '', ratio, aim } of figures) {
    const verdict = aim ? (aim.met ? '' : '  missed') : '';
    console.log(line([figure, value, baseline, ratio === undefined ? '' : shown(ratio), aim?.text ?? '']) + verdict);
  }
}

const shown = (ratio: number) => (ratio >= 10 ? ratio.toFixed(1) : ratio.toFixed(2));

export const atLeast = (actual: number, wanted: number) => ({ text: `>= ${shown(wanted)}`, met: actual >= wanted });

export const atMost = (actual: number, wanted: number) => ({ text: `<= ${shown(wanted)}`, met: actual <= wanted });

export const perSecond = (rate: number) => `${Math.round(rate)}/s`;
