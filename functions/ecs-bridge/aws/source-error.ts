// Errors of AWS's APIs as the bridge reports them: by operation, with the permission that is missing where that is why, and
// whether another call may help.
import { classify, codeOf, messageOf, type Seconds, SourceError } from '@fargaze/core/internal';

type SdkError = {
  readonly name?: string;
  readonly $retryable?: unknown;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly afterSeconds?: Seconds;
};

/** Reasons of a certificate that is not valid. */
const noCertificate = /^tls_(?:untrusted|expired|not_yet_valid|hostname)$/;

/** A failed call of `operation`; `service` is the prefix of its permissions, e.g. `ecs`. */
export function toSourceError(service: string, operation: string, cause: unknown): SourceError {
  const { name = 'Error', $metadata, $retryable } = cause as SdkError;
  const denied = /AccessDenied|Unauthorized/.test(name);
  const trust =
    operation === 'AssumeRole'
      ? ', or the role does not trust this caller with its external ID'
      : '';
  const missing = denied ? `permission ${service}:${operation} is missing${trust}: ` : '';
  const status = $metadata?.httpStatusCode;
  // Credentials that are not there do not come by asking again, nor does a certificate become another one.
  const untrusted = status === undefined && noCertificate.test(classify(cause));
  const hopeless = denied || untrusted || /CredentialsProvider|TokenProvider/.test(name);
  const broken = status === undefined ? !hopeless : status >= 500;
  const asked = isThrottling(cause) || $retryable !== undefined || /Timeout|Abort/.test(name);
  const retryable = broken || asked;
  const hint = untrusted ? ' (NODE_EXTRA_CA_CERTS names authorities of your own)' : '';
  const message = `${operation}: ${missing}${name}: ${wordsOf(cause)}${hint}`;
  return new SourceError(message, { operation, retryable, cause });
}

/** Of an address that stands for several hosts each may have failed in its own way: Node has no words for all of them. */
function wordsOf(cause: unknown): string {
  const { errors } = cause as { readonly errors?: readonly unknown[] };
  return messageOf(cause) || messageOf(errors?.[0]) || (codeOf(cause) ?? 'failed');
}

/** Whether the API asked to be called less often. */
export function isThrottled({ cause }: SourceError): boolean {
  // A region that is unset is a failure without a cause.
  return isThrottling(cause ?? {});
}

/** Seconds for which the API asked to be left alone. */
export function afterSecondsOf({ cause }: SourceError): Seconds | undefined {
  return (cause as SdkError | undefined)?.afterSeconds;
}

const throttling =
  /Throttl|TooManyRequests|RequestLimit|SlowDown|BandwidthLimit|PriorRequestNotComplete|ProvisionedThroughput|TransactionInProgress|^LimitExceededException$/;

/** By the names that the SDK knows. */
function isThrottling(cause: unknown): boolean {
  const { name = '', $metadata } = cause as SdkError;
  return throttling.test(name) || $metadata?.httpStatusCode === 429;
}

/** Whether AWS no longer accepts the credentials, so that new ones may help. */
export function isRejected({ name }: Error): boolean {
  return /ExpiredToken|InvalidClientTokenId|UnrecognizedClient|InvalidToken/.test(name);
}

/** Whether a wrong clock may be why AWS does not take the signature. */
export function isSkewed({ name }: Error): boolean {
  return /InvalidSignature|SignatureDoesNotMatch|AuthFailure|RequestExpired|RequestInTheFuture|TimeTooSkewed/.test(
    name,
  );
}
