"""gunicorn's threads, given whole requests only.

gunicorn hands a connection to a thread as soon as a byte has arrived, and the thread waits for the rest: as many clients
that never finish as there are threads, and nobody is served. Here one loop gathers requests, and a thread gets one when
its head and body are there. What takes too long or is too large is closed.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from functools import partial
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

REQUEST_SECONDS = 10
"""From the first look at a connection until its request must be whole."""
REQUEST_BYTES = 64 * 1024
"""Head and body together; no route reads more."""

_LENGTH = re.compile(rb"\r\ncontent-length[ \t]*:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
_CODED = re.compile(rb"\r\n(?:transfer-encoding|expect)[ \t]*:", re.IGNORECASE)


def is_whole(received: bytes) -> bool:
    """Whether a request's head and the body that it announces are there; a head that is wrong is the parser's to refuse."""
    head, end, body = received.partition(b"\r\n\r\n")
    if not end:
        return False
    length = _LENGTH.search(head + b"\r\n")
    return length is None or len(body) >= int(length[1])


class WholeRequestWorker(ThreadWorker):
    """A threaded worker that slow clients cannot exhaust."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # In the order of their deadlines.
        self._gathering: dict[TConn, tuple[float, bytearray]] = {}

    def accept(self, listener: socket.socket) -> None:
        """Take a connection, and wait for its request."""
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):
            return
        self.nr_conns += 1
        # Room for those who have something to say: the one that has waited longest makes place.
        if self._gathering and self.nr_conns >= self.worker_connections:
            self._drop(next(iter(self._gathering)))
        self._gather(TConn(self.cfg, client, address, listener.getsockname()))

    def on_client_socket_readable(self, conn: TConn, client: socket.socket) -> None:
        """A kept-alive connection has something to say again."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        self._gather(conn)

    def _gather(self, conn: TConn) -> None:
        conn.sock.setblocking(False)
        self._gathering[conn] = (time.monotonic() + REQUEST_SECONDS, bytearray())
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._receive, conn))

    def _receive(self, conn: TConn, client: socket.socket) -> None:
        _, received = self._gathering[conn]
        try:
            part = client.recv(REQUEST_BYTES)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            part = b""
        received += part
        head = bytes(received.partition(b"\r\n\r\n")[0])
        if not part:
            self._drop(conn)
        elif len(received) > REQUEST_BYTES:
            self._refuse(conn, b"413 Content Too Large")
        elif _CODED.search(head + b"\r\n"):
            self._refuse(conn, b"411 Length Required")
        elif is_whole(bytes(received)):
            self.poller.unregister(client)
            del self._gathering[conn]
            self._start(conn, bytes(received))

    def _start(self, conn: TConn, received: bytes) -> None:
        if conn.parser is None:
            conn.parser = http.get_parser(conn.cfg, conn.sock, conn.client)
            conn.initialized = True
        conn.parser.unreader.unread(received)
        self.enqueue_req(conn)

    def _refuse(self, conn: TConn, status: bytes) -> None:
        try:
            conn.sock.send(b"HTTP/1.1 %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n" % status)
        except OSError:
            pass  # Whoever does not read is not told.
        self._drop(conn)

    def _drop(self, conn: TConn) -> None:
        del self._gathering[conn]
        self.poller.unregister(conn.sock)
        self.nr_conns -= 1
        conn.close()

    def murder_pending(self) -> None:
        """Close what has not become a request in time; when stopping, what has not begun one."""
        super().murder_pending()
        now = time.monotonic()
        for conn, (deadline, received) in list(self._gathering.items()):
            if deadline < now or (not self.alive and not received):
                self._drop(conn)
