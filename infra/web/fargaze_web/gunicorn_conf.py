"""gunicorn's settings. Threads, because the slow route waits; prometheus_client only after the fork.

Imported in the master it would open metric files under the master's process id, and every worker would
count into them.
"""

from __future__ import annotations

import os
import signal

# Threads that slow clients cannot hold.
worker_class = "fargaze_web.worker.WholeRequestWorker"
threads = 4
timeout = 60
graceful_timeout = 35
keepalive = 5
# Heartbeat files on a RAM disk: a slow disk must not look like a hung worker.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
accesslog = None
control_socket_disable = True


def post_fork(server: object, worker: object) -> None:
    """End a worker that is told to stop before it listens for signals.

    Until then it has the master's handlers, which only queue: the signal would be lost, and stopping would last
    for all of graceful_timeout.
    """
    for number in (signal.SIGTERM, signal.SIGQUIT, signal.SIGINT):
        signal.signal(number, signal.SIG_DFL)


def child_exit(server: object, worker: object) -> None:
    """Forget a dead worker's live gauges; its counters stay and are summed."""
    from prometheus_client import multiprocess

    multiprocess.mark_process_dead(worker.pid)  # type: ignore[attr-defined]
