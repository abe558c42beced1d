"""失联: two silent stations, or two silent holders, in one township. Silence is treated as the worst case.

The township then has a ladder of its own (satellite phone, short wave, the neighbouring township, a team). Each step has
a deadline; the last one has no end, it is repeated until someone is heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.pack import minutes, number, table, tables, text


class SilentKind(StrEnum):
    """What has gone silent."""

    STATION = "station"
    HOLDER = "holder"


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A station or a duty holder that is silent since a time. A known outage is no sign."""

    ref: str
    kind: SilentKind
    township: str
    since: datetime
    known_outage: bool = False


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step of the ladder, with its title in Chinese and English."""

    key: str
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class ContactLostSettings:
    """How much silence counts, and the ladder."""

    needed: Mapping[SilentKind, int]
    within: timedelta
    """The silences must have begun within this time of each other."""
    treat_as: Grade
    step_timeout: timedelta
    ladder: tuple[Step, ...]

    @classmethod
    def from_pack(cls, data: Mapping[str, object]) -> ContactLostSettings:
        """Read `[contact_lost]` of the pack."""
        part = table(data, "contact_lost")
        ladder = tuple(
            Step(
                key=text(step, "key"),
                zh=text(table(step, "title"), "zh"),
                en=text(table(step, "title"), "en"),
            )
            for step in tables(part, "ladder")
        )
        if not ladder:
            raise BadPack(key="contact_lost.ladder", problem="it has no step")
        return cls(
            needed={
                SilentKind.STATION: number(part, "silent_stations", 2, least=1),
                SilentKind.HOLDER: number(part, "silent_holders", 2, least=1),
            },
            within=minutes(part, "within_min", 30),
            treat_as=Grade.parse(text(part, "treat_as", "red")),
            step_timeout=minutes(part, "step_timeout_min", 10),
            ladder=ladder,
        )


@dataclass(frozen=True, kw_only=True)
class ContactLost:
    """A township out of contact: since when, by which silences, to be treated as which grade."""

    township: str
    kind: SilentKind
    silent: tuple[str, ...]
    at: datetime
    """When the silence that decided it began."""
    treat_as: Grade


def detect(*, silences: Iterable[Silence], settings: ContactLostSettings) -> tuple[ContactLost, ...]:
    """The townships out of contact, in the order of their paths; stations before holders."""
    grouped: dict[tuple[str, SilentKind], list[Silence]] = {}
    for silence in silences:
        if not silence.known_outage:
            grouped.setdefault((silence.township, silence.kind), []).append(silence)
    lost: dict[str, ContactLost] = {}
    for (township, kind), group in sorted(
        grouped.items(), key=lambda row: (row[0][0], row[0][1] != "station")
    ):
        found = _cluster(group, settings.needed[kind], settings.within)
        if found and township not in lost:
            lost[township] = ContactLost(
                township=township,
                kind=kind,
                silent=tuple(sorted(silence.ref for silence in found)),
                at=max(silence.since for silence in found),
                treat_as=settings.treat_as,
            )
    return tuple(lost.values())


def _cluster(group: list[Silence], needed: int, within: timedelta) -> list[Silence]:
    """The first silences that began within the time of each other, if they are enough; else none."""
    first = {silence.ref: silence for silence in sorted(group, key=lambda s: (s.since, s.ref), reverse=True)}
    ordered = sorted(first.values(), key=lambda s: (s.since, s.ref))
    for index, start in enumerate(ordered):
        near = [silence for silence in ordered[index:] if silence.since - start.since <= within]
        if len(near) >= needed:
            return near
    return []
