"""A child that ends with its parent, however the parent ended: nobody serves on beside a new one."""

import os
import signal
import threading
import time

LOOK_SECONDS = 0.5
STOP_SECONDS = 25.0


def end_with_parent(parent: int | None = None, *, at_once: bool = False) -> None:
    """Stop this process once the one that started it has died: by SIGTERM first, or at once where nothing is to be put away.

    ``parent``: its id as the parent knew it, so that one who died before this line is noticed too.
    """
    mine = os.getppid() if parent is None else parent

    def watch() -> None:
        while os.getppid() == mine:
            time.sleep(LOOK_SECONDS)
        if not at_once:
            os.kill(os.getpid(), signal.SIGTERM)
            time.sleep(STOP_SECONDS)
        os._exit(1)

    threading.Thread(target=watch, name="parent", daemon=True).start()
