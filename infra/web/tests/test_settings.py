"""Settings where nothing can be written to: the sidecar's container has a read-only root and no /tmp."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest

from fargaze_web.settings import read_settings


def no_temporary_directory() -> str:
    """What Python does where it cannot write to any of its candidates."""
    raise FileNotFoundError("No usable temporary directory found")


def test_a_named_directory_needs_no_temporary_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", no_temporary_directory)
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", "/metrics")
    assert read_settings().metrics_dir == Path("/metrics")


def test_without_a_name_the_directory_is_below_the_temporary_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tempfile, "gettempdir", lambda: "/somewhere")
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)
    assert read_settings().metrics_dir == Path("/somewhere/fargaze-web-metrics")
