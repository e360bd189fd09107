"""The app's metrics and the WSGI layer that measures every request: rate, errors, duration, in progress.

The layer sits outside Flask so that a request is counted when its last byte has been handed over or its
handling has failed, streamed answers included, and `in progress` always comes back down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

REQUESTS = Histogram(
    "http_request_duration_seconds",
    "Duration of HTTP requests in seconds, from the first byte handled to the last byte handed over",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
IN_PROGRESS = Gauge(
    "http_requests_in_progress",
    "HTTP requests being handled",
    multiprocess_mode="livesum",
)
EXCEPTIONS = Counter(
    "http_request_exceptions",
    "Exceptions that no route handled",
    ["exception", "route"],
)
ORDERS = Counter("shop_orders", "Orders by result", ["result"])
ORDER_VALUE = Histogram(
    "shop_order_value_euros",
    "Value of accepted orders in euros",
    buckets=(5, 10, 20, 50, 100, 200, 500, 1000),
)

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

Environ = dict[str, Any]


class MeasuredApp:
    """A WSGI app whose requests are measured."""

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app

    def __call__(self, environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        request = _Request(environ)

        def start(status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
            request.status = status.split(" ", 1)[0]
            return start_response(status, headers, *rest)

        try:
            return _MeasuredBody(self._app(environ, start), request)
        except BaseException:
            request.finish()
            raise


class _Request:
    """One request under measurement; `finish` counts it once."""

    def __init__(self, environ: Environ) -> None:
        self._environ = environ
        self._begun = time.perf_counter()
        self._open = True
        self.status = "500"
        IN_PROGRESS.inc()

    def finish(self) -> None:
        """Count the request; later calls do nothing."""
        if not self._open:
            return
        self._open = False
        IN_PROGRESS.dec()
        method = self._environ.get("REQUEST_METHOD", "")
        labels = (method if method in METHODS else "other", route_of(self._environ), self.status)
        REQUESTS.labels(*labels).observe(time.perf_counter() - self._begun)


class _MeasuredBody:
    """An answer's body; closing it, as servers must, ends the measurement."""

    def __init__(self, body: Iterable[bytes], request: _Request) -> None:
        self._body = body
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._body)

    def close(self) -> None:
        """Called by the server when the answer has been sent or has failed."""
        try:
            close = getattr(self._body, "close", None)
            if close is not None:
                close()
        finally:
            self._request.finish()


def route_of(environ: Environ) -> str:
    """The Flask rule that matched, never the raw path: paths are without number."""
    return environ.get("fargaze.route") or "unmatched"
