"""The watch over silent stations of one world: asked whenever the engine's clock moves, in exercises at every tick."""

from collections.abc import Callable, Iterable
from datetime import datetime

import numpy as np

from anlan.foundation import packs, worlds
from anlan.foundation.context import Ctx, WorldInfo
from anlan.foundation.home import home
from anlan.observe.actions.silence import notice
from anlan.observe.ingest.present import Present
from anlan.observe.ingest.shapes import millis, moment
from anlan.observe.models import StationSilence
from anlan.observe.rules import silence as rules

WarnedPlaces = Callable[[Ctx], Iterable[str]]
_asked: list[WarnedPlaces] = []


def also_close_in(places: WarnedPlaces) -> None:
    """Let a later room name the places (paths) where orange or red holds: their stations get less patience."""
    if places not in _asked:
        _asked.append(places)


def _warned(ctx: Ctx) -> frozenset[str]:
    return frozenset(path for places in _asked for path in places(ctx))


class Silences:
    """Who is silent now, as the records say; changes go through the action."""

    def __init__(self, world: WorldInfo, now: datetime) -> None:
        self._world = world
        self._rule = rules.rule_of(packs.get("silent-station", home=home()).data)
        # An exercise's clock stands while nobody listens; the live one does not, and nobody was silent for that.
        self._since_ms = millis(now) if world.is_live else 0
        self._looked_ms = 0
        self._known = self._read()

    def _read(self) -> dict[str, int]:
        rows = StationSilence.objects.filter(world_id=self._world.id, ended_at=None)
        return {address: millis(since) for address, since in rows.values_list("station__address", "since")}

    def ctx(self, now: datetime) -> Ctx:
        """The world as the engine acts in it."""
        return worlds.context(worlds.get(self._world.key)).at(now)

    def look(self, present: Present, now: datetime) -> None:
        """Compare what was heard with what is due; write down what changed."""
        now_ms = millis(now)
        if 0 <= now_ms - self._looked_ms < self._rule.every_ms:
            return
        self._looked_ms = now_ms
        silent, heard = self._silent(present, now_ms), self._heard(present)
        if silent or heard:
            notice(self.ctx(now), silent=silent, heard=heard)
            self._known = self._read()

    def _silent(self, present: Present, now_ms: int) -> dict[str, datetime]:
        hard = rules.hard_rain(self._rule, township=present.roster.township, rain_1h=present.rain_1h())
        warned = rules.under(_warned(self.ctx(moment(now_ms))), [g.township for g in present.roster.gauges])
        late = rules.overdue(
            self._rule, heard_ms=present.heard_ms, since_ms=self._since_ms, now_ms=now_ms, close=hard | warned
        )
        found = {
            present.roster.gauges[row].address: moment(int(present.heard_ms[row]))
            for row in np.flatnonzero(late).tolist()
        }
        return {address: since for address, since in found.items() if address not in self._known}

    def _heard(self, present: Present) -> dict[str, datetime]:
        found = {}
        for address, since_ms in self._known.items():
            row = present.roster.row_of(address)
            if row is not None and present.heard_ms[row] > since_ms:
                found[address] = moment(int(present.heard_ms[row]))
        return found
