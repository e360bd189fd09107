"""The demo app: routes that are healthy, slow, failing by chance, backed by Redis, and one that earns money.

Answers are JSON. /metrics is not here: the exporter sidecar serves it on a port of its own.
"""

from __future__ import annotations

import math
import random
import time
from typing import Any

import redis
from flask import Flask, Response, jsonify, request
from werkzeug.exceptions import HTTPException

from .metrics import EXCEPTIONS, ORDER_VALUE, ORDERS, MeasuredApp, route_of
from .settings import read_settings

Answer = tuple[Any, int]

# Answers are data, not pages: nothing may be loaded, framed, sniffed or kept.
SECURITY_HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Referrer-Policy": "no-referrer",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}


class BadParameter(Exception):
    """A parameter cannot be used; the message names it, the value seen and what was wanted."""


def create_app() -> Flask:
    """The app with all routes, measured."""
    app = Flask("fargaze_web")
    settings = read_settings()
    store = _connect(settings.redis_url, settings.redis_password)

    @app.before_request
    def note_route() -> None:
        rule = request.url_rule
        request.environ["fargaze.route"] = rule.rule if rule is not None else None

    @app.after_request
    def secure(response: Response) -> Response:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        return response

    @app.get("/")
    def index() -> Answer:
        rules = sorted(rule.rule for rule in app.url_map.iter_rules() if rule.endpoint != "static")
        return jsonify(routes=rules), 200

    @app.get("/healthy")
    def healthy() -> Answer:
        return jsonify(status="healthy"), 200

    @app.get("/slow")
    def slow() -> Answer:
        seconds = number("seconds", default=2, least=0, most=30)
        time.sleep(seconds)
        return jsonify(slept_seconds=seconds), 200

    @app.get("/flaky")
    def flaky() -> Answer:
        probability = number("probability", default=0.5, least=0, most=1)
        if random.random() < probability:
            raise RuntimeError("failed by chance, as asked")
        return jsonify(status="lucky"), 200

    @app.get("/counter")
    def counter() -> Answer:
        if store is None:
            return jsonify(error="no Redis is configured (REDIS_URL)"), 503
        try:
            return jsonify(count=store.incr("fargaze-web:counter")), 200
        except redis.RedisError as error:
            # The class only: messages of the client can hold the address with its credentials.
            return jsonify(error=f"Redis is not usable: {type(error).__name__}"), 503

    @app.post("/orders")
    def orders() -> Answer:
        try:
            value = number("euros", default=25, least=0.01, most=10_000)
        except BadParameter:
            ORDERS.labels("rejected").inc()
            raise
        ORDERS.labels("accepted").inc()
        ORDER_VALUE.observe(value)
        return jsonify(order="accepted", euros=value), 201

    app.register_error_handler(BadParameter, lambda error: (jsonify(error=str(error)), 400))
    app.register_error_handler(HTTPException, _explain_http)
    app.register_error_handler(Exception, _explain_exception)
    app.wsgi_app = MeasuredApp(app.wsgi_app)  # type: ignore[method-assign]
    return app


def number(name: str, *, default: float, least: float, most: float) -> float:
    """The query parameter `name` within its bounds, or its default. Raises BadParameter."""
    text = request.args.get(name)
    if text is None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not least <= value <= most:
        raise BadParameter(f"{name} is {text[:40]!r}, want a number from {least:g} to {most:g}")
    return value


def _connect(url: str | None, password: str | None) -> redis.Redis | None:
    if url is None:
        return None
    # A password in the address wins.
    return redis.Redis.from_url(
        url, password=password, socket_timeout=1, socket_connect_timeout=1
    )


def _explain_http(error: HTTPException) -> Answer:
    return jsonify(error=error.name.lower()), error.code or 500


def _explain_exception(error: Exception) -> Answer:
    EXCEPTIONS.labels(type(error).__name__, route_of(request.environ)).inc()
    return jsonify(error=f"unhandled {type(error).__name__}"), 500
