"""An engine of its own on one exercise, until it has ended."""

import subprocess
import sys
import time

from anlan.conf.supervisor import SUPERVISED


def follow(key: str, *, quiet: bool) -> None:
    """Keep an engine on the exercise until it has ended; one that dies is started again."""
    from anlan.foundation.worlds import World

    engine: subprocess.Popen[bytes] | None = None
    shown = ""
    try:
        while True:
            state, now = World.objects.values_list("state", "now").get(key=key)
            if state == World.State.ENDED:
                return
            if engine is None or engine.poll() is not None:
                engine = subprocess.Popen(
                    [sys.executable, "-m", "anlan", "engine", "--only", key, SUPERVISED]
                )
            line = f"{now.astimezone():%m-%d %H:%M}" if now else ""
            if not quiet and sys.stderr.isatty() and line != shown:
                print(f"\r{line}", end="", file=sys.stderr, flush=True)
                shown = line
            time.sleep(0.2)
    finally:
        if engine is not None and engine.poll() is None:
            engine.terminate()
            engine.wait(30)
        if shown:
            print(file=sys.stderr)
