// An error that a user can do something about: its message says what, and is all that is shown of it.

/** Thrown for what is to be expected of machines; anything else is a bug and is shown with its stack. */
export class ExpectedError extends Error {
  override readonly name = 'ExpectedError';
}
