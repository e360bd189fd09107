"""Real processes for the tests: the app under gunicorn, its exporter, and Redis where there is one."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

# gunicorn gives its workers graceful_timeout (35 s) to finish before it kills them.
STOP_SECONDS = 60


def free_port() -> int:
    """A port of loopback that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@dataclass(frozen=True)
class Answer:
    """A status and a body."""

    status: int
    body: str

    def json(self) -> dict:
        """The body as JSON."""
        return json.loads(self.body)


def fetch(url: str, method: str = "GET") -> Answer:
    """One request; error statuses are answers too."""
    request = urllib.request.Request(url, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as response:
            return Answer(response.status, response.read().decode())
    except urllib.error.HTTPError as error:
        return Answer(error.code, error.read().decode())


def wait_for(what: str, check: Callable[[], bool], seconds: float = 60) -> None:
    """Poll until `check` is true; errors of the network count as not yet."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if check():
                return
        except OSError:
            pass
        time.sleep(0.05)
    raise AssertionError(f"{what}: not within {seconds} s")


class Web:
    """The app and its exporter on free ports."""

    def __init__(self, directory: Path, **env: str) -> None:
        self.directory = directory
        self.port, self.exporter_port = free_port(), free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._env = {
            **os.environ,
            "WEB_BIND": f"127.0.0.1:{self.port}",
            "EXPORTER_BIND": f"127.0.0.1:{self.exporter_port}",
            "PROMETHEUS_MULTIPROC_DIR": str(directory),
            **env,
        }
        self._processes: list[subprocess.Popen] = []
        self.app = self.run("serve")
        self.exporter = self.run("export")
        wait_for("app", lambda: fetch(f"{self.url}/healthy").status == 200)
        wait_for("exporter", lambda: self.scrape().status == 200)

    def run(self, command: str) -> subprocess.Popen:
        """Start one of the two commands."""
        process = subprocess.Popen(
            [sys.executable, "-m", "fargaze_web", command],
            cwd=ROOT,
            env=self._env,
            stderr=subprocess.DEVNULL,
        )
        self._processes.append(process)
        return process

    def scrape(self) -> Answer:
        """What the exporter serves."""
        return fetch(f"http://127.0.0.1:{self.exporter_port}/metrics")

    def sum_of(self, metric: str, **labels: str) -> float:
        """Sum of the series of `metric` that have `labels`."""
        total = 0.0
        for line in self.scrape().body.splitlines():
            match = re.fullmatch(rf"{metric}(?:{{(.*)}})? (\S+)", line)
            found = dict(re.findall(r'(\w+)="([^"]*)"', match[1] or "")) if match else {}
            if match and labels.items() <= found.items():
                total += float(match[2])
        return total

    def expect(self, value: float, metric: str, **labels: str) -> None:
        """Wait until the sum is `value`: a request is counted just after its last byte went out."""
        try:
            wait_for(metric, lambda: self.sum_of(metric, **labels) == value, 5)
        except AssertionError:
            assert self.sum_of(metric, **labels) == value

    def workers(self) -> list[int]:
        """Process ids of the app's workers."""
        children = Path(f"/proc/{self.app.pid}/task/{self.app.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def stop(self) -> None:
        """End both, and wait; one that does not end is killed, and named by its command."""
        for process in self._processes:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        stuck = [process for process in self._processes if not _ended(process)]
        assert not stuck, f"not ended {STOP_SECONDS} s after SIGTERM: {[p.args for p in stuck]}"


def _ended(process: subprocess.Popen) -> bool:
    try:
        process.wait(timeout=STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        return False
    return True


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Web]:
    """An app and exporter without Redis."""
    running = Web(tmp_path / "metrics", REDIS_URL="")
    yield running
    running.stop()


@pytest.fixture
def redis_url(tmp_path: Path) -> Iterator[str]:
    """A real Redis; REDIS_SERVER names the binary, else it is looked up on PATH."""
    program = os.environ.get("REDIS_SERVER") or shutil.which("redis-server")
    if program is None:
        pytest.skip("no redis-server: set REDIS_SERVER or put it on PATH")
    port = free_port()
    arguments = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(tmp_path)]
    process = subprocess.Popen([program, *arguments], stdout=subprocess.DEVNULL)
    wait_for("redis", lambda: socket.create_connection(("127.0.0.1", port), 1).close() is None)
    yield f"redis://127.0.0.1:{port}"
    process.terminate()
    process.wait(timeout=20)
