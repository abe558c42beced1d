"""One limit for every wait. Tests wait for events and go on at once; only what never comes is waited for this long, so that
a busy machine fails none of them."""

import time
from collections.abc import Callable

PATIENCE_S = 300.0


def eventually(what: Callable[[], object]) -> bool:
    """Whether it comes true."""
    end = time.monotonic() + PATIENCE_S
    while not what():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True
