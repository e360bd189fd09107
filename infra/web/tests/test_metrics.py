"""What is counted: by route, by status, over all workers, over restarts."""

from __future__ import annotations

import os
import signal
import threading
from pathlib import Path

from conftest import Web, fetch, wait_for

COUNT = "http_request_duration_seconds_count"


def test_requests_are_counted_by_rule_and_never_by_raw_path(web: Web) -> None:
    fetch(f"{web.url}/slow?seconds=0")
    fetch(f"{web.url}/no/such/path")
    fetch(f"{web.url}/flaky?probability=1")
    web.expect(1, COUNT, method="GET", route="/slow", status="200")
    web.expect(1, COUNT, route="unmatched", status="404")
    web.expect(1, COUNT, route="/flaky", status="500")
    web.expect(1, "http_request_exceptions_total", exception="RuntimeError", route="/flaky")
    assert "/no/such/path" not in web.scrape().body


def test_unknown_methods_share_one_label(web: Web) -> None:
    fetch(f"{web.url}/healthy", "BREW")
    web.expect(1, COUNT, method="other")


def test_business_metrics(web: Web) -> None:
    fetch(f"{web.url}/orders?euros=30", "POST")
    fetch(f"{web.url}/orders?euros=0", "POST")
    web.expect(1, "shop_orders_total", result="accepted")
    web.expect(1, "shop_orders_total", result="rejected")
    web.expect(30, "shop_order_value_euros_sum")


def test_a_request_in_progress_shows_and_goes(web: Web) -> None:
    thread = threading.Thread(target=fetch, args=(f"{web.url}/slow?seconds=2",))
    thread.start()
    wait_for("in progress", lambda: web.sum_of("http_requests_in_progress") == 1)
    thread.join()
    wait_for("done", lambda: web.sum_of("http_requests_in_progress") == 0)


def test_a_restart_of_the_workers_under_load_loses_no_count(web: Web) -> None:
    before = web.sum_of(COUNT, route="/orders")
    answered = 0
    lock = threading.Lock()

    def load() -> None:
        nonlocal answered
        for _ in range(75):
            try:
                status = fetch(f"{web.url}/orders", "POST").status
            except OSError:
                continue  # refused or reset while the workers change: not answered
            with lock:
                answered += status == 201

    old = set(web.workers())
    threads = [threading.Thread(target=load) for _ in range(4)]
    for thread in threads:
        thread.start()
    os.kill(web.app.pid, signal.SIGHUP)
    for thread in threads:
        thread.join()
    wait_for("new workers", lambda: not old & set(web.workers()))
    assert answered > 200
    web.expect(before + answered, COUNT, route="/orders", status="201")
    web.expect(answered, "shop_orders_total", result="accepted")


def test_a_killed_worker_leaves_its_counts_but_not_its_live_gauge(web: Web) -> None:
    fetch(f"{web.url}/orders", "POST")
    thread = threading.Thread(target=_try, args=(f"{web.url}/slow?seconds=20",))
    thread.start()
    wait_for("in progress", lambda: web.sum_of("http_requests_in_progress") == 1)
    for pid in web.workers():
        os.kill(pid, signal.SIGKILL)
    thread.join()
    wait_for("gauge gone", lambda: web.sum_of("http_requests_in_progress") == 0)
    web.expect(1, "shop_orders_total", result="accepted")


def test_files_of_an_earlier_life_are_wiped_at_start(tmp_path: Path) -> None:
    directory = tmp_path / "metrics"
    first = Web(directory, REDIS_URL="")
    fetch(f"{first.url}/orders", "POST")
    assert first.sum_of("shop_orders_total") == 1
    first.stop()
    assert list(directory.glob("counter_*.db"))
    second = Web(directory, REDIS_URL="")
    try:
        assert second.sum_of("shop_orders_total") == 0
    finally:
        second.stop()


def _try(url: str) -> None:
    try:
        fetch(url)
    except OSError:
        pass  # the worker was killed, as the test wants
