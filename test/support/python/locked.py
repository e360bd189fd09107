"""Says which packages lock files install on each supported Python and machine, as JSON. Needs pip only, no network."""

import json
import re
import sys

from pip._vendor.packaging.markers import Marker

# Those of the systems that we name (3.10.12 and 3.11.2 are Ubuntu 22.04's and Debian 12's), and each release's first.
PYTHONS = ["3.10.0", "3.10.12", "3.11.0", "3.11.2", "3.11.5", "3.12.0", "3.12.3", "3.13.0", "3.13.5", "3.14.0"]
MACHINES = [("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64")]


def environment(python, machine):
    sys_platform, platform_system, platform_machine = machine
    return {
        "python_version": ".".join(python.split(".")[:2]),
        "python_full_version": python,
        "implementation_name": "cpython",
        "implementation_version": python,
        "platform_python_implementation": "CPython",
        "os_name": "posix",
        "sys_platform": sys_platform,
        "platform_system": platform_system,
        "platform_machine": platform_machine,
    }


def requirements(file):
    """Name, version, marker and hashes of each requirement of a lock file."""
    with open(file, encoding="utf-8") as lines:
        text = "".join(line for line in lines if not line.startswith("#")).replace("\\\n", " ")
    for line in filter(None, map(str.strip, text.splitlines())):
        pin, *hashes = line.split("--hash=")
        name, version, marker = re.fullmatch(r"([\w.-]+)(?:\[[\w,-]+\])?==([^\s;]+)\s*(?:;\s*(.+?))?\s*", pin).groups()
        yield name, version, marker, [value.strip() for value in hashes]


def describe(file):
    locked = list(requirements(file))
    installed = {
        f"{python} {machine[0]} {machine[2]}": [
            f"{name}=={version}"
            for name, version, marker, _ in locked
            if marker is None or Marker(marker).evaluate(environment(python, machine))
        ]
        for python in PYTHONS
        for machine in MACHINES
    }
    return {
        "bare": [name for name, _, _, hashes in locked if not all(re.fullmatch(r"sha256:[0-9a-f]{64}", h) for h in hashes or [""])],
        # One version for some Pythons and another for the rest: each Python must get one of them.
        "split": sorted({name for name, _, _, _ in locked if sum(other[0] == name for other in locked) > 1}),
        "installed": installed,
    }


print(json.dumps({file: describe(file) for file in sys.argv[1:]}))
