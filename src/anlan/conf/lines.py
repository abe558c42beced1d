"""The live world's lines: the channels that ANLAN_CHANNELS names, opened, fed and heard. Without any, officers dial."""

import logging
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings

from anlan.call import sending
from anlan.foundation import channels
from anlan.foundation.context import Ctx, WorldInfo
from anlan.foundation.worlds import World

log = logging.getLogger(__name__)
HEAR_SECONDS = 1.0
REST_SECONDS = 5.0


class Lines:
    """A line that cannot be opened or that fails is logged and rests; finding and calling go on without it."""

    def __init__(self, world: WorldInfo) -> None:
        self._open: list[channels.Channel] = []
        self._rests_until = self._heard = 0.0
        told = {}
        channels.disconnect(world)
        for name in settings.CHANNELS:
            try:
                channel = channels.make(name, world)
                channels.connect(world, channel.name, channel)
            except Exception:
                log.exception("channel %s cannot be opened; what it would dial waits on the call desk", name)
            else:
                self._open.append(channel)
                told[channel.name] = name
        _tell(world, told)

    def send(self, ctx: Ctx) -> int:
        """Hand over what waits; returns how many requests left."""
        return self._careful(sending.send, ctx)

    def hear(self, ctx: Ctx) -> int:
        """Take in what the lines heard, once a second."""
        if time.monotonic() - self._heard < HEAR_SECONDS:
            return 0
        self._heard = time.monotonic()
        return sum(self._careful(sending.receive, ctx, channel) for channel in self._open)

    def _careful(self, do: Callable[..., int], *args: Any) -> int:
        """A line's own fault is never ours."""
        if not self._open or time.monotonic() < self._rests_until:
            return 0
        try:
            return do(*args)
        except Exception:
            log.exception("a channel failed; it is asked again in %.0f s", REST_SECONDS)
            self._rests_until = time.monotonic() + REST_SECONDS
            return 0


def _tell(world: WorldInfo, lines: dict[str, str]) -> None:
    """Write down which lines are open, so that pages decide the next call as the engine does."""
    row = World.objects.get(pk=world.id)
    if row.settings.get("lines", {}) != lines:
        row.settings = {**row.settings, "lines": lines}
        row.save(update_fields=["settings"])
