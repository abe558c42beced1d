"""Gateways 接入 as plug-ins: an entry point of the group `anlan.gateways` is a factory of what serves one protocol.

The factory is called `(ingest, host=, port=, clock=, on_batch=)`. What it gives takes stations' reports into `ingest`,
and tells a station that they are durable only when they are.
"""

from collections.abc import Callable
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, Protocol

from anlan.observe.ingest.ingest import Ingest

GROUP = "anlan.gateways"


class Gateway(Protocol):
    """A way in."""

    def start(self) -> int:
        """Serve from now on; the port that was bound. Raises OSError when it cannot be."""
        ...

    def stop(self) -> None:
        """Write and answer what waits, then end. May be called twice."""
        ...


class NotInstalled(LookupError):
    """No package that is installed here offers such a gateway. Install it beside anlan, or mend ANLAN_GATEWAYS."""


def make(
    name: str,
    ingest: Ingest,
    *,
    host: str,
    port: int,
    clock: Callable[[], datetime],
    on_batch: Callable[[Any], None] | None = None,
    **more: Any,
) -> Gateway:
    """The gateway that an installed package offers under that name, not started yet; `more` is what it alone takes.

    Raises NotInstalled.
    """
    found = tuple(entry_points(group=GROUP, name=name))
    if not found:
        raise NotInstalled(f"no gateway {name!r} is installed: install its package, or mend ANLAN_GATEWAYS")
    gateway: Gateway = found[0].load()(ingest, host=host, port=port, clock=clock, on_batch=on_batch, **more)
    return gateway


def chosen(text: str, *, sl651_port: int) -> list[tuple[str, int]]:
    """`sl651,acme:7700` → names and ports; SL 651 listens where `--gauge-port` says. Raises ValueError."""
    found = []
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, _, port = part.partition(":")
        if not port and name != "sl651":
            raise ValueError(f"ANLAN_GATEWAYS: write {name}:PORT")
        found.append((name, int(port) if port else sl651_port))
    return found
