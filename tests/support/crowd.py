"""Several hands at once: each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

T = TypeVar("T")


def at_once(*hands: Callable[[], T]) -> list[T]:
    """Start all at the same moment; their results in order. The first error is raised."""
    start = threading.Barrier(len(hands))
    results: list[T | BaseException] = [RuntimeError("did not end")] * len(hands)

    def work(n: int, hand: Callable[[], T]) -> None:
        try:
            start.wait(10)
            results[n] = hand()
        except BaseException as error:  # noqa: BLE001 — raised again in the test's own thread
            results[n] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=work, args=each) for each in enumerate(hands)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    found: list[T] = []
    for result in results:
        if isinstance(result, BaseException):
            raise result
        found.append(result)
    return found
