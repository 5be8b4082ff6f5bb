/** Work done and allowed, counted and not timed, so that the same input ends at the same point on every machine. */
export type Budget = {
  nodes: number;
  readonly mostNodes: number;
  /** Offers and cells looked at anywhere, the first plan included; some 10 ns each. */
  steps: number;
  readonly mostSteps: number;
};

/** Some ten seconds on one core. */
export const USUAL_WORK = 800_000_000;

export const createBudget = (maxNodes?: number, maxWork?: number): Budget => ({
  nodes: 0,
  mostNodes: maxNodes ?? Number.POSITIVE_INFINITY,
  steps: 0,
  mostSteps: maxWork ?? USUAL_WORK,
});

/** Nothing more may be begun that only betters the plan or the bound. */
export const isSpent = (budget: Budget): boolean => budget.steps >= budget.mostSteps;

/** False if the budget is used up; otherwise counts a node. */
export const spendNode = (budget: Budget): boolean => {
  if (budget.nodes >= budget.mostNodes || isSpent(budget)) return false;
  budget.nodes++;
  return true;
};
