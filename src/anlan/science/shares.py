"""Work over rows, shared among threads: kernels hold no GIL, and each row is done by one thread in its own order."""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

_WORTH = 4_096  # below so many rows a second thread costs more than it brings
RASTER_ROWS = 200  # the same where a row is one of a raster


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def in_shares(work: Callable[[int, int], None], rows: int, *, threads: int, worth: int = _WORTH) -> None:
    """Call ``work(from, to)`` for every row once, on up to ``threads`` threads.

    The result may not depend on the cut: ``work`` writes its own rows, and else what may be put together in any order.
    """
    many = max(1, min(threads, rows // worth))
    if many == 1:
        work(0, rows)
        return
    cuts = [rows * n // many for n in range(many + 1)]
    own, *others = pairwise(cuts)
    with ThreadPoolExecutor(many - 1) as pool:
        asked = [pool.submit(work, a, b) for a, b in others]
        work(*own)
        for one in asked:
            one.result()
