"""What the routes answer, and what they refuse."""

from __future__ import annotations

from pathlib import Path

import pytest
import redis
from conftest import Web, fetch


def test_every_route_is_listed_and_metrics_are_not_on_the_public_port(web: Web) -> None:
    routes = fetch(web.url).json()["routes"]
    assert routes == ["/", "/counter", "/flaky", "/healthy", "/orders", "/slow"]
    assert fetch(f"{web.url}/metrics").status == 404


@pytest.mark.parametrize(
    ("path", "method", "message"),
    [
        ("/slow?seconds=31", "GET", "seconds is '31', want a number from 0 to 30"),
        ("/slow?seconds=nan", "GET", "seconds is 'nan', want a number from 0 to 30"),
        ("/flaky?probability=x", "GET", "probability is 'x', want a number from 0 to 1"),
        ("/orders?euros=-1", "POST", "euros is '-1', want a number from 0.01 to 10000"),
    ],
)
def test_a_bad_parameter_is_named_with_its_value(
    web: Web, path: str, method: str, message: str
) -> None:
    answer = fetch(web.url + path, method)
    assert (answer.status, answer.json()["error"]) == (400, message)


def test_slow_and_flaky_do_as_asked(web: Web) -> None:
    assert fetch(f"{web.url}/slow?seconds=0.1").json() == {"slept_seconds": 0.1}
    assert fetch(f"{web.url}/flaky?probability=0").status == 200
    failed = fetch(f"{web.url}/flaky?probability=1")
    assert (failed.status, failed.json()["error"]) == (500, "unhandled RuntimeError")


def test_the_counter_counts_in_redis(tmp_path: Path, redis_url: str) -> None:
    web = Web(tmp_path / "metrics", REDIS_URL=redis_url)
    try:
        counts = [fetch(f"{web.url}/counter").json()["count"] for _ in range(3)]
    finally:
        web.stop()
    assert counts == [1, 2, 3]


@pytest.mark.parametrize(
    ("password", "answer"),
    [
        ("s3cret", {"count": 1}),
        ("wrong", {"error": "Redis is not usable: AuthenticationError"}),
    ],
)
def test_the_counter_takes_its_password_by_itself(
    tmp_path: Path, redis_url: str, password: str, answer: dict
) -> None:
    with redis.Redis.from_url(redis_url) as admin:
        admin.execute_command("ACL", "SETUSER", "web", "on", ">s3cret", "~*", "+@all")
    url = redis_url.replace("redis://", "redis://web@")
    web = Web(tmp_path / "metrics", REDIS_URL=url, REDIS_PASSWORD=password)
    try:
        assert fetch(f"{web.url}/counter").json() == answer
    finally:
        web.stop()


def test_a_redis_that_is_away_is_told_without_its_address(tmp_path: Path) -> None:
    web = Web(tmp_path / "metrics", REDIS_URL="redis://user:hunter2@127.0.0.1:1/0")
    try:
        answer = fetch(f"{web.url}/counter")
    finally:
        web.stop()
    assert answer.status == 503
    assert answer.json()["error"] == "Redis is not usable: ConnectionError"
