"""Run a coroutine although Playwright keeps a loop in this thread."""

import asyncio
from collections.abc import Coroutine
from typing import Any


def alone(work: Coroutine[Any, Any, Any]) -> Any:
    """`asyncio.run` with the thread's own loop set aside meanwhile: the browser waits, it is not spoken to."""
    outer = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        return asyncio.run(work)
    finally:
        asyncio._set_running_loop(outer)
