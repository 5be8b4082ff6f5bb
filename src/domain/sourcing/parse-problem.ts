import type { Fault, Location, Parsed, Problem } from './problem.ts';

/** Whole numbers up to here add up exactly; a problem worth more is refused, not answered wrongly. */
export const MOST_MONEY = Number.MAX_SAFE_INTEGER;

/** What it costs to ship nothing at all: no plan worth having costs more. */
export const worthOf = ({ demand, unfilledCost }: Problem): number =>
  demand.reduce((sum, units, line) => sum + units * (unfilledCost[line] ?? 0), 0);

type Report = (path: string, message: string) => void;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isGiven = <Value>(value: Value): value is NonNullable<Value> => value !== undefined && value !== null;

const isCount = (value: unknown): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;

const expectCount = (value: unknown, path: string, report: Report): number => {
  if (isCount(value)) return value;
  const found = typeof value === 'number' ? String(value) : JSON.stringify(value);
  report(path, `expected a whole number from 0, found ${found ?? 'nothing'}`);
  return 0;
};

const expectArray = (value: unknown, path: string, report: Report): readonly unknown[] => {
  if (Array.isArray(value)) return value;
  report(path, 'expected an array');
  return [];
};

const expectCounts = (value: unknown, path: string, report: Report): number[] =>
  expectArray(value, path, report).map((entry, index) => expectCount(entry, `${path}[${index}]`, report));

const checkTariff = (value: unknown, path: string, report: Report): boolean => {
  const steps = expectArray(value, path, report);
  steps.forEach((step, index) => {
    const at = `${path}[${index}]`;
    if (!isRecord(step)) {
      report(at, 'expected {upTo, price}');
      return;
    }
    if (expectCount(step.upTo, `${at}.upTo`, report) === 0) report(`${at}.upTo`, 'a parcel must carry at least 1 gram');
    expectCount(step.price, `${at}.price`, report);
  });
  return steps.length > 0;
};

const checkOffers = (value: unknown, path: string, lines: number, report: Report): void => {
  const seen = new Set<number>();
  expectArray(value, path, report).forEach((offer, index) => {
    const at = `${path}[${index}]`;
    if (!isRecord(offer)) {
      report(at, 'expected {line, units, unitCost}');
      return;
    }
    const line = expectCount(offer.line, `${at}.line`, report);
    if (line >= lines) report(`${at}.line`, `there is no line ${line}: demand has ${lines}`);
    if (seen.has(line)) report(`${at}.line`, `line ${line} is offered twice by this location: merge the two offers`);
    seen.add(line);
    expectCount(offer.units, `${at}.units`, report);
    expectCount(offer.unitCost, `${at}.unitCost`, report);
  });
};

/** True if the location has a tariff, which makes the weights of the lines necessary. */
const checkLocation = (value: unknown, path: string, lines: number, report: Report): boolean => {
  if (!isRecord(value)) {
    report(path, 'expected {fixedCost, capacity, offers}');
    return false;
  }
  expectCount(value.fixedCost, `${path}.fixedCost`, report);
  if (isGiven(value.capacity)) expectCount(value.capacity, `${path}.capacity`, report);
  checkOffers(value.offers, `${path}.offers`, lines, report);
  return isGiven(value.tariff) && checkTariff(value.tariff, `${path}.tariff`, report);
};

const checkMoney = (problem: Problem, report: Report): void => {
  problem.demand.forEach((units, line) => {
    const cost = problem.unfilledCost[line] ?? 0;
    if (units * cost > MOST_MONEY)
      report(`unfilledCost[${line}]`, `${units} units at ${cost} are more than can be added up exactly`);
  });
  if (worthOf(problem) > MOST_MONEY)
    report('unfilledCost', 'the units together cost more than can be added up exactly: use smaller costs');
  const grams = problem.demand.reduce((sum, units, line) => sum + units * (problem.weight?.[line] ?? 0), 0);
  if (grams > Number.MAX_SAFE_INTEGER) report('weight', 'the units together weigh more than can be added up exactly');
};

/** What may be left out; `null` says the same. */
type Loose<Type, Optional extends keyof Type> = Omit<Type, Optional> & {
  readonly [Name in Optional]?: Type[Name] | null | undefined;
};

type GivenProblem = Loose<Omit<Problem, 'locations'>, 'weight' | 'maxLocations' | 'wholeLines'> & {
  readonly locations: readonly Loose<Location, 'capacity' | 'tariff'>[];
};

const isProblem = (value: unknown, faults: readonly Fault[]): value is GivenProblem =>
  isRecord(value) && faults.length === 0;

/** What was left out limits nothing and costs nothing. */
const completed = ({ weight, maxLocations, wholeLines, locations, ...rest }: GivenProblem): Problem => ({
  ...rest,
  ...(isGiven(weight) ? { weight } : {}),
  locations: locations.map(({ capacity, tariff, ...location }) => ({
    ...location,
    capacity: capacity ?? 0,
    ...(isGiven(tariff) ? { tariff } : {}),
  })),
  maxLocations: maxLocations ?? 0,
  wholeLines: wholeLines ?? false,
});

/** Every fault of the problem, each named by its path, or the problem, completed. */
export const parseProblem = (value: unknown): Parsed => {
  const faults: Fault[] = [];
  const report: Report = (path, message) => {
    faults.push({ path, message });
  };
  if (!isRecord(value)) return { status: 'invalid', faults: [{ path: '', message: 'expected an object' }] };
  const lines = expectCounts(value.demand, 'demand', report).length;
  const expectPerLine = (entries: unknown, path: string): void => {
    expectCounts(entries, path, report);
    if (Array.isArray(entries) && entries.length !== lines)
      report(path, `expected one entry per line of demand (${lines}), found ${entries.length}`);
  };
  expectPerLine(value.unfilledCost, 'unfilledCost');
  if (isGiven(value.weight)) expectPerLine(value.weight, 'weight');
  expectArray(value.locations, 'locations', report).forEach((location, index) => {
    const hasTariff = checkLocation(location, `locations[${index}]`, lines, report);
    if (hasTariff && !isGiven(value.weight)) {
      report('weight', `needed, because locations[${index}] has a tariff: grams per unit, one entry per line`);
    }
  });
  if (isGiven(value.maxLocations)) expectCount(value.maxLocations, 'maxLocations', report);
  if (isGiven(value.wholeLines) && typeof value.wholeLines !== 'boolean')
    report('wholeLines', 'expected true or false');
  if (!isProblem(value, faults)) return { status: 'invalid', faults };
  const problem = completed(value);
  checkMoney(problem, report);
  return faults.length === 0 ? { status: 'valid', problem } : { status: 'invalid', faults };
};
