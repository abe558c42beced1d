"""Channels 通道: the ways to reach a person. One protocol, one registry; an exercise resolves simulated ones only.

A channel plug-in registers under the entry point group `anlan.channels` with a factory `(settings) -> Channel`. Before
a request leaves, its key is committed as `sending`; after a crash the channel is asked by that key. So `place` must
treat a key that it has seen as the same request.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any, Protocol

from anlan.foundation.context import WorldInfo
from anlan.foundation.errors import OutOfWorld
from anlan.foundation.home import home


@dataclass(frozen=True)
class Request:
    """One message to one number. `facts` are what an automatic voice would say: no names."""

    key: str
    number: str
    at: datetime
    script: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Report:
    """What the channel heard: `outcome` as in the call's states, or `answered` with the digit and numbers said."""

    key: str
    at: datetime
    sequence: int
    outcome: str
    digit: int | None = None
    households: int | None = None
    people: int | None = None
    mark: str = ""  # where a reader that has taken this in goes on


class Channel(Protocol):
    """A way out. `simulated` channels alone are open to exercises, and closed to the live world."""

    name: str
    simulated: bool

    def place(self, requests: Sequence[Request]) -> None:
        """Hand the requests over; a key seen before is the same request and rings nobody again."""
        ...

    def reports(self, *, after: str, until: datetime) -> list[Report]:
        """What was heard up to a moment, in time order, after the report with that mark."""
        ...


class ChannelDown(ConnectionError):
    """The channel does not take requests now; the ladder goes on by the next one."""


GROUP = "anlan.channels"
_open: dict[tuple[str, str], Channel] = {}


def connect(world: WorldInfo, name: str, channel: Channel) -> None:
    """Open a channel for a world. An exercise never gets a real one, and the live world never a simulated one."""
    if world.is_live == channel.simulated:
        raise OutOfWorld("演练不接外线，实战不接模拟线路（{name}）。", name=name)
    _open[(world.key, name)] = channel


def resolve(world: WorldInfo, name: str) -> Channel | None:
    """The open channel of that name in that world, or None when only people can make the call."""
    channel = _open.get((world.key, name))
    if channel is not None and world.is_live == channel.simulated:
        raise OutOfWorld("演练不接外线，实战不接模拟线路（{name}）。", name=name)
    return channel


def disconnect(world: WorldInfo) -> None:
    for key in [k for k in _open if k[0] == world.key]:
        del _open[key]


class NotInstalled(LookupError):
    """No package that is installed here offers such a channel. Install it beside anlan, or mend ANLAN_CHANNELS."""


def make(name: str, world: WorldInfo) -> Any:
    """The channel that an installed package offers under that name, for one world; not open yet. Raises NotInstalled.

    Its factory gets `world`, and `folder` where it may keep what it must not forget.
    """
    found = tuple(entry_points(group=GROUP, name=name))
    if not found:
        raise NotInstalled(f"no channel {name!r} is installed: install its package, or mend ANLAN_CHANNELS")
    return found[0].load()({"world": world.key, "folder": home() / "channels" / name})


def installed() -> list[str]:
    """Names of the channels that are installed, ours among them."""
    return sorted(point.name for point in entry_points(group=GROUP))
