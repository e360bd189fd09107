"""Entry of both commands: `python -m fargaze_web serve` and `python -m fargaze_web export`."""

from __future__ import annotations

import os
import sys

from .settings import Settings, SettingsError, read_settings


def main(arguments: list[str]) -> int:
    """Run one command; answers with the exit status when it ends."""
    try:
        settings = read_settings()
    except SettingsError as error:
        print(error, file=sys.stderr)
        return 2
    if arguments == ["serve"]:
        return serve(settings)
    if arguments == ["export"]:
        from .exporter import run_exporter

        return run_exporter(settings)
    print("usage: python -m fargaze_web serve|export", file=sys.stderr)
    return 2


def serve(settings: Settings) -> int:
    """Wipe the metrics of an earlier life, then become gunicorn."""
    directory = settings.metrics_dir
    directory.mkdir(parents=True, exist_ok=True)
    # Process ids repeat from one container start to the next: an old file would be appended to.
    for file in directory.glob("*.db"):
        file.unlink(missing_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(directory)
    command = [sys.executable, "-m", "gunicorn", "--config", "python:fargaze_web.gunicorn_conf"]
    command += ["--bind", settings.web_bind, "--workers", str(settings.web_workers)]
    os.execv(sys.executable, [*command, "fargaze_web.app:create_app()"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
