/** What sourcing may know of a SKU. */
export type Item = {
  readonly sku: string;
  readonly name?: string;
  /** Grams. */
  readonly weight?: number;
  readonly groups?: readonly string[];
};
