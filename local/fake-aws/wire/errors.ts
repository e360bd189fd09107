// The errors that the services answer with, under the names that their protocols use.

/** A refusal as AWS words it; the protocol decides how it is written. */
export class AwsError extends Error {
  /** Shape name in JSON and CBOR, e.g. `ThrottlingException`. */
  readonly code: string;
  /** Code in the query protocol and in `x-amzn-query-error`, e.g. `Throttling`. */
  readonly queryCode: string;
  readonly status: number;

  constructor(shape: { code: string; queryCode?: string; status?: number }, message: string) {
    super(message);
    this.name = shape.code;
    this.code = shape.code;
    this.queryCode = shape.queryCode ?? shape.code;
    this.status = shape.status ?? 400;
  }
}

/** ECS: a parameter is missing or out of range. */
export function invalidParameter(message: string): AwsError {
  return new AwsError({ code: 'InvalidParameterException' }, message);
}

/** CloudWatch and STS: a request that breaks the model's constraints. */
export function validationError(message: string): AwsError {
  return new AwsError({ code: 'ValidationException', queryCode: 'ValidationError' }, message);
}

/** CloudWatch: parameters that do not go together. */
export function invalidCombination(message: string): AwsError {
  return new AwsError(
    { code: 'InvalidParameterCombinationException', queryCode: 'InvalidParameterCombination' },
    message,
  );
}

/** A member of the wrong type. */
export function serializationError(message: string): AwsError {
  return new AwsError({ code: 'SerializationException' }, message);
}
