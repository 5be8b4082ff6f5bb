/** One measured figure beside what it should be. */
export type Figure = {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** At least (`min`) or at most (`max`); without it the figure is for information. */
  readonly goal?: { readonly min: number } | { readonly max: number };
};

const round = (value: number): string => (Math.abs(value) >= 100 ? value.toFixed(0) : value.toPrecision(3));

const verdict = ({ value, goal }: Figure): string => {
  if (goal === undefined) return '';
  const met = 'min' in goal ? value >= goal.min : value <= goal.max;
  const wanted = 'min' in goal ? `at least ${goal.min}` : `at most ${goal.max}`;
  return `${met ? 'met   ' : 'MISSED'}  (${wanted})`;
};

export const printFigures = (title: string, figures: readonly Figure[]): void => {
  process.stdout.write(`\n${title}\n`);
  for (const figure of figures) {
    const line = `  ${figure.name.padEnd(52)} ${round(figure.value).padStart(9)} ${figure.unit.padEnd(9)} ${verdict(figure)}`;
    process.stdout.write(`${line.trimEnd()}\n`);
  }
};
