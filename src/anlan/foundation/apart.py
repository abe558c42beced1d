"""Apart 另起进程: what computes long in pure Python does it in a process of its own, so that nobody in this one waits for it.

Only functions of modules, and what can be pickled; the child is nicer than we are and ends with us.
"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from threading import BoundedSemaphore
from typing import ParamSpec, TypeVar

from anlan.foundation.processes import end_with_parent

P = ParamSpec("P")
T = TypeVar("T")
NICER = 10
_places = BoundedSemaphore(2)
"""So many at once; who comes later waits and takes no core from anybody."""


class Fell(RuntimeError):
    """The child ended without an answer, as one that was killed for memory."""


def apart(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """What `work` gives; what it raises is raised here. Raises Fell."""
    with _places:
        told = subprocess.run(
            [sys.executable, "-m", __name__],
            input=pickle.dumps((os.getpid(), work, args, kwargs)),
            stdout=subprocess.PIPE,
            check=False,
        )
    if told.returncode:
        raise Fell(f"{work.__qualname__} ended with {told.returncode}")
    result, error = pickle.loads(told.stdout)
    if error is not None:
        raise error
    return result  # type: ignore[no-any-return]


def _child() -> None:
    os.nice(NICER)
    parent, work, args, kwargs = pickle.load(sys.stdin.buffer)
    end_with_parent(parent, at_once=True)
    try:
        told = work(*args, **kwargs), None
    except Exception as error:  # noqa: BLE001 — raised again where it was asked
        told = None, error
    pickle.dump(told, sys.stdout.buffer)


if __name__ == "__main__":
    _child()
