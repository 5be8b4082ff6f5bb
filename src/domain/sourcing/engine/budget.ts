/** Work done and allowed, counted and not timed, so that the same input ends at the same point on every machine. */
export type Budget = {
  nodes: number;
  readonly mostNodes: number;
  work: number;
  readonly mostWork: number;
  /** Offers and cells looked at anywhere, the root included: what a caller limits who has to answer at once. */
  steps: number;
  readonly mostSteps: number;
};

/** About five seconds of search on one core. */
const USUAL_WORK = 20_000_000;

export const createBudget = (maxNodes?: number, maxWork?: number): Budget => ({
  nodes: 0,
  mostNodes: maxNodes ?? Number.POSITIVE_INFINITY,
  work: 0,
  mostWork: maxNodes === undefined && maxWork === undefined ? USUAL_WORK : Number.POSITIVE_INFINITY,
  steps: 0,
  mostSteps: maxWork ?? Number.POSITIVE_INFINITY,
});

/** Nothing more may be begun that only betters the plan or the bound. */
export const isSpent = (budget: Budget): boolean => budget.steps >= budget.mostSteps;

/** False if the budget is used up; otherwise counts a node of that much work. */
export const spendNode = (budget: Budget, work: number): boolean => {
  if (budget.nodes >= budget.mostNodes || budget.work >= budget.mostWork || isSpent(budget)) return false;
  budget.nodes++;
  budget.work += work;
  return true;
};

/** Work beyond the usual of a node: a step is a tenth of an offer looked at in every iteration of a node. */
export const spendSteps = (budget: Budget, steps: number): void => {
  budget.work += steps / 10;
  budget.steps += steps;
};
