/** The address of a store cannot be used. The message says why, and repeats nothing of a login: it may be shown to anybody. */
export class UnusableAddress extends RangeError {
  constructor(message: string) {
    super(message);
    this.name = 'UnusableAddress';
  }
}
