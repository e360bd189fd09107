"""Settings from the environment. Every problem is reported at once, with the value seen and what was wanted."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path


class SettingsError(Exception):
    """The environment cannot be used; the message lists every problem."""


@dataclass(frozen=True)
class Settings:
    """What both commands need to know."""

    web_bind: str
    """Address of the app, host:port."""
    web_workers: int
    """Worker processes of the app, 2 to 64."""
    exporter_bind: str
    """Address of the exporter, host:port."""
    metrics_dir: Path
    """Directory that the workers' metric files share with the exporter."""
    redis_url: str | None
    """Redis of the counter route; None when there is none."""
    redis_password: str | None = None
    """Its password where the address holds none, so that it can be injected by itself."""


def read_settings() -> Settings:
    """Read and check the environment. Raises SettingsError."""
    problems: list[str] = []
    settings = Settings(
        web_bind=_address("WEB_BIND", "0.0.0.0:8000", problems),
        web_workers=_count("WEB_WORKERS", 2, problems),
        exporter_bind=_address("EXPORTER_BIND", "0.0.0.0:9464", problems),
        metrics_dir=Path(os.environ.get("PROMETHEUS_MULTIPROC_DIR") or _default_metrics_dir()),
        redis_url=os.environ.get("REDIS_URL") or None,
        redis_password=os.environ.get("REDIS_PASSWORD") or None,
    )
    if problems:
        raise SettingsError("environment: " + "; ".join(problems))
    return settings


def _default_metrics_dir() -> str:
    # Asked for only where it is needed: where nothing can be written to, as in a container with a read-only root,
    # there is no temporary directory, and asking raises.
    return str(Path(tempfile.gettempdir()) / "fargaze-web-metrics")


def split_address(address: str) -> tuple[str, int]:
    """The host and port of a checked address."""
    host, _, port = address.rpartition(":")
    return host, int(port)


def _address(name: str, default: str, problems: list[str]) -> str:
    value = os.environ.get(name) or default
    host, _, port = value.rpartition(":")
    if not host or not port.isdigit() or int(port) > 65535:
        problems.append(f"{name} is {value!r}, want host:port")
    return value


def _count(name: str, default: int, problems: list[str]) -> int:
    value = os.environ.get(name) or str(default)
    if not value.isdigit() or not 2 <= int(value) <= 64:
        problems.append(f"{name} is {value!r}, want a whole number from 2 to 64")
        return default
    return int(value)
