/** The service that a command works through did not do its part. What was done by then stands, and the command may be run again. */
export class ServiceTrouble extends Error {
  constructor(what: string, options?: ErrorOptions) {
    super(`${what} Run the command again to go on: what is there is not done twice.`, options);
    this.name = 'ServiceTrouble';
  }
}
