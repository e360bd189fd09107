"""The exporter sidecar: serves the metric files of the app's workers on a port of its own.

It shares a directory with the app, not a process: scrapes go on while the app hangs, and summing up costs the
app nothing. Files may appear and vanish while they are read; what cannot be read whole is a 503, never a part.
"""

from __future__ import annotations

import signal
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.multiprocess import MultiProcessCollector

from .settings import Settings, split_address

ATTEMPTS = 3


class Unreadable(Exception):
    """The files could not be read whole."""


def collect(settings: Settings) -> bytes:
    """All metrics as Prometheus text. Raises Unreadable."""
    fault: Exception | None = None
    for _ in range(ATTEMPTS):
        try:
            return _collect_once(settings)
        except (OSError, ValueError, KeyError, IndexError, struct.error) as error:
            # A worker's file was removed or was being written: another look finds a whole picture.
            fault = error
    raise Unreadable(f"metric files changed {ATTEMPTS} times while being read: {fault}")


def _collect_once(settings: Settings) -> bytes:
    registry = CollectorRegistry()
    present = settings.metrics_dir.is_dir()
    files = len(list(settings.metrics_dir.glob("*.db"))) if present else 0
    registry.register(_Own(files))
    if present:
        MultiProcessCollector(registry, path=str(settings.metrics_dir))
    return generate_latest(registry)


class _Own:
    """What the exporter says of itself. A Gauge would write a file of its own into the app's directory."""

    def __init__(self, files: int) -> None:
        self._files = files

    def collect(self) -> list[GaugeMetricFamily]:
        return [
            GaugeMetricFamily(
                "web_exporter_up",
                "Whether the app's metric directory is there and holds files",
                value=1 if self._files > 0 else 0,
            ),
            GaugeMetricFamily(
                "web_exporter_metric_files", "Metric files of the app's workers", value=self._files
            ),
        ]


def run_exporter(settings: Settings) -> int:
    """Serve until SIGTERM or SIGINT."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:  # noqa: N802 (the base class names it)
            path = self.path.split("?", 1)[0]
            if path == "/metrics":
                try:
                    self._answer(200, collect(settings), CONTENT_TYPE_LATEST)
                except Unreadable as error:
                    self._answer(503, f"{error}\n".encode(), "text/plain; charset=utf-8")
            elif path == "/healthz":
                self._answer(200, b"ok\n", "text/plain; charset=utf-8")
            else:
                self._answer(404, b"want /metrics or /healthz\n", "text/plain; charset=utf-8")

        def _answer(self, status: int, body: bytes, content_type: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Scrapes every few seconds are no news."""

    server = ThreadingHTTPServer(split_address(settings.exporter_bind), Handler)
    server.daemon_threads = True
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"exporter of {settings.metrics_dir} on {settings.exporter_bind}", file=sys.stderr)
    stop.wait()
    server.shutdown()
    return 0
