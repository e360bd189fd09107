// Errors of AWS's APIs as the bridge reports them: by operation, with the permission that is missing where that is why.
import { SourceError } from '@fargaze/core/internal';

type SdkError = {
  readonly name?: string;
  readonly message?: string;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
};

/** A failed call of `operation`; `service` is the prefix of its permissions, e.g. `ecs`. */
export function toSourceError(service: string, operation: string, cause: unknown): SourceError {
  const { message = String(cause), name = 'Error', $metadata, $retryable } = cause as SdkError;
  const denied = /AccessDenied|Unauthorized/.test(name);
  const missing = denied ? `permission ${service}:${operation} is missing: ` : '';
  const status = $metadata?.httpStatusCode;
  // Credentials that are not there do not come by asking again.
  const hopeless = denied || /CredentialsProvider|TokenProvider/.test(name);
  const broken = status === undefined ? !hopeless : status >= 500 || status === 429;
  const retryable = broken || $retryable !== undefined || /Throttl|Timeout|Abort/.test(name);
  return new SourceError(`${operation}: ${missing}${name}: ${message}`, {
    operation,
    retryable,
    cause,
  });
}

/** Whether the API asked to be called less often. */
export function isThrottled({ cause }: SourceError): boolean {
  // A region that is unset is a failure without a cause.
  const { name = '', $metadata } = (cause ?? {}) as SdkError;
  return (
    /Throttl|TooManyRequests|RequestLimit|SlowDown/.test(name) || $metadata?.httpStatusCode === 429
  );
}
