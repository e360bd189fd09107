"""Clients that send slowly, never finish or send too much, beside those that are served."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack

import pytest
from conftest import Web, fetch
from fargaze_web.worker import is_whole

HALVES = (
    b"",
    b"GET /healthy HTTP/1.1\r\nHost: a\r\n",
    b"POST /orders?euros=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nx",
)


def test_many_that_never_finish_keep_nobody_waiting(web: Web) -> None:
    with ExitStack() as stack:
        for half in HALVES * 20:
            client = stack.enter_context(socket.create_connection(("127.0.0.1", web.port), 5))
            client.sendall(half)
        for _ in range(20):
            assert fetch(f"{web.url}/healthy").status == 200


def talk(web: Web, *parts: bytes) -> bytes:
    """What is answered to parts that are sent one by one, until the connection is closed."""
    with socket.create_connection(("127.0.0.1", web.port), 20) as client:
        for part in parts:
            client.sendall(part)
            time.sleep(0.02)
        answer = b""
        while part := client.recv(65536):
            answer += part
            if b'"}' in answer or b"healthy" in answer:
                break
        return answer


def test_a_request_in_pieces_is_answered_once_it_is_whole(web: Web) -> None:
    pieces = [bytes([byte]) for byte in b"GET /healthy HTTP/1.1\r\nHost: a\r\n\r\n"]
    assert talk(web, *pieces).startswith(b"HTTP/1.1 200 OK")
    body = b"POST /orders?euros=1 HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nConnection: close\r\n\r\n"
    assert talk(web, body, b"ab", b"cd").startswith(b"HTTP/1.1 201")


def test_what_can_never_be_whole_is_refused(web: Web) -> None:
    chunked = b"POST /orders HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    assert talk(web, chunked).startswith(b"HTTP/1.1 411 ")
    assert talk(web, b"GET / HTTP/1.1\r\nX: " + b"a" * 65_536).startswith(b"HTTP/1.1 413 ")


@pytest.mark.parametrize(
    ("received", "whole"),
    [
        (b"GET / HTTP/1.1\r\n", False),
        (b"GET / HTTP/1.1\r\n\r\n", True),
        (b"POST / HTTP/1.1\r\ncontent-LENGTH : 2\r\n\r\na", False),
        (b"POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\nab", True),
        (b"POST / HTTP/1.1\r\nX-Content-Length: 9\r\n\r\n", True),
    ],
)
def test_a_request_is_whole_with_the_body_that_it_announces(received: bytes, whole: bool) -> None:
    assert is_whole(received) is whole


def test_every_answer_has_security_headers(web: Web) -> None:
    for path in ("/healthy", "/nowhere", "/flaky?probability=1", "/slow?seconds=x"):
        with socket.create_connection(("127.0.0.1", web.port), 20) as client:
            client.sendall(f"GET {path} HTTP/1.0\r\nHost: a\r\n\r\n".encode())
            answer = b""
            while part := client.recv(65536):
                answer += part
        for name in (b"Content-Security-Policy", b"X-Content-Type-Options", b"X-Frame-Options"):
            assert name + b": " in answer, path
