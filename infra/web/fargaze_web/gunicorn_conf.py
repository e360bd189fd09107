"""gunicorn's settings. Threads, because the slow route waits; prometheus_client only after the fork.

Imported in the master it would open metric files under the master's process id, and every worker would
count into them.
"""

from __future__ import annotations

import os

worker_class = "gthread"
threads = 4
timeout = 60
graceful_timeout = 35
keepalive = 5
# Heartbeat files on a RAM disk: a slow disk must not look like a hung worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
accesslog = None
control_socket_disable = True


def child_exit(server: object, worker: object) -> None:
    """Forget a dead worker's live gauges; its counters stay and are summed."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[attr-defined]
