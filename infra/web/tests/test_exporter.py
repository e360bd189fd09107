"""The sidecar by itself: no directory, files that vanish, files that are no metrics."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from conftest import ROOT, Web, fetch, wait_for

from fargaze_web import exporter
from fargaze_web.settings import Settings


def settings_for(directory: Path) -> Settings:
    return Settings("127.0.0.1:0", 2, "127.0.0.1:0", directory, None)


def test_a_missing_directory_is_told_and_not_an_error(tmp_path: Path) -> None:
    text = exporter.collect(settings_for(tmp_path / "none")).decode()
    assert "web_exporter_up 0.0" in text
    assert "web_exporter_metric_files 0.0" in text


def test_files_that_vanish_and_come_back_never_give_a_partial_picture(web: Web) -> None:
    fetch(f"{web.url}/orders", "POST")
    done = threading.Event()

    def churn() -> None:
        index = 0
        while not done.is_set():
            file = web.directory / f"gauge_livesum_{900000 + index % 50}.db"
            file.write_bytes(b"")
            file.unlink()
            index += 1

    thread = threading.Thread(target=churn)
    thread.start()
    try:
        answers = [web.scrape() for _ in range(60)]
    finally:
        done.set()
        thread.join()
    assert {answer.status for answer in answers} <= {200, 503}
    whole = [answer for answer in answers if answer.status == 200]
    assert whole
    assert all('shop_orders_total{result="accepted"} 1.0' in answer.body for answer in whole)


def test_a_file_that_stays_unreadable_is_a_503_with_the_cause(tmp_path: Path) -> None:
    (tmp_path / "counter_1.db").write_bytes(b"\xff\xff\xff\x7f" + b"\0" * 100)
    with pytest.raises(exporter.Unreadable, match="3 times"):
        exporter.collect(settings_for(tmp_path))


def test_other_paths_are_refused_and_health_is_served(web: Web) -> None:
    base = f"http://127.0.0.1:{web.exporter_port}"
    assert fetch(f"{base}/healthz").body == "ok\n"
    assert fetch(base).status == 404


def test_both_commands_end_on_sigterm_and_take_their_workers_along(web: Web) -> None:
    workers = web.workers()
    web.stop()
    assert (web.app.returncode, web.exporter.returncode) == (0, 0)
    wait_for("workers gone", lambda: not any(Path(f"/proc/{pid}").exists() for pid in workers))


def test_bad_settings_are_told_all_at_once() -> None:
    env = {**os.environ, "WEB_BIND": "nowhere", "WEB_WORKERS": "1"}
    command = [sys.executable, "-m", "fargaze_web", "serve"]
    result = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    assert result.returncode == 2
    assert "WEB_BIND is 'nowhere', want host:port" in result.stderr
    assert "WEB_WORKERS is '1', want a whole number from 2 to 64" in result.stderr
