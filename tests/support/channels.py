"""A real channel as a provider's package would bring it: it rings nobody, and is as strict as the worst provider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from anlan.foundation.channels import ChannelDown, Report, Request

PICKS_UP_AFTER = timedelta(seconds=20)


@dataclass
class RealVoice:
    """`rang` are the numbers that rang, in order; `down` is a line that is cut."""

    name: str = "voice"
    simulated: bool = False
    down: bool = False
    rang: list[str] = field(default_factory=list)
    _keys: set[str] = field(default_factory=set)
    _heard: list[Report] = field(default_factory=list)

    def place(self, requests: Sequence[Request]) -> None:
        self._reach()
        for request in requests:
            if request.key in self._keys:
                continue
            self._keys.add(request.key)
            self.rang.append(request.number)
            at, number = request.at + PICKS_UP_AFTER, len(self._heard) + 1
            self._heard.append(Report(request.key, at, number, "answered", digit=2))

    def reports(self, *, after: str, until: datetime) -> list[Report]:
        self._reach()
        ordered = sorted(self._heard, key=lambda r: (r.at, r.sequence))
        marked = [replace(r, mark=f"{r.at.isoformat()}|{r.sequence:06}") for r in ordered]
        return [r for r in marked if r.mark > after and r.at <= until]

    def _reach(self) -> None:
        if self.down:
            raise ChannelDown("the line is cut")


def factory(settings: Mapping[str, Any]) -> RealVoice:
    """What stands in the entry point `anlan.channels` of such a package."""
    assert settings["world"] == "live"
    return RealVoice()
