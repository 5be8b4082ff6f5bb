import { Presets, SingleBar } from 'cli-progress';

export type Progress = { readonly set: (done: number) => void; readonly stop: () => void };

/** A progress bar on standard error; where that is no terminal, a line now and then. `total` 0: not known. */
export const showProgress = (label: string, total: number, unit: string): Progress => {
  const bar = new SingleBar(
    {
      format:
        total === 0
          ? `${label} {value} ${unit} | {duration_formatted}`
          : `${label} {bar} {percentage} % | {value}/{total} ${unit} | {eta_formatted} left`,
      stream: process.stderr,
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 5_000,
      etaBuffer: 1_000,
      // The bar's own estimate is text where there is nothing to estimate from.
      formatTime: (seconds) => (Number.isFinite(seconds) ? duration(seconds) : '-'),
    },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { set: (done) => bar.update(done), stop: () => bar.stop() };
};

const duration = (seconds: number): string =>
  seconds < 120 ? `${Math.round(seconds)} s` : `${Math.round(seconds / 60)} min`;
