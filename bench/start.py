"""Our own start: `anlan run` on an empty home until the first page answers."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from typing import Any


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def seconds(home: str) -> float:
    """Seconds from the command to the first answered page."""
    port = free_port()
    began = time.monotonic()
    command = [sys.executable, "-m", "anlan", "run", "--port", str(port), "--gauge-port", str(free_port())]
    process = subprocess.Popen(command, env={**os.environ, "ANLAN_HOME": home})
    try:
        while time.monotonic() - began < 120:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                    return time.monotonic() - began
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise TimeoutError("no page within two minutes")
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(60)


def rows() -> list[dict[str, Any]]:
    """First start on an empty home, and the second on the same."""
    with tempfile.TemporaryDirectory() as home:
        found = [("start, empty home", seconds(home)), ("start, again", seconds(home))]
    return [
        {"name": name, "value": round(value, 2), "unit": "s", "peer": None, "peer_value": None, "ratio": None}
        for name, value in found
    ]
