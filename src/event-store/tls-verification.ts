/** How an address of an EventStoreDB says that any certificate is to be believed. The first group comes before the option. */
export const unverified = /([?&])tls[_-]?verify[_-]?cert=false(?:&|$)/i;

/** Whoever stands between may read and change everything: for trying things out only. */
export const isUnverified = (eventStoreUrl: string | undefined): boolean =>
  eventStoreUrl !== undefined && unverified.test(eventStoreUrl);
