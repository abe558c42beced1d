"""Opening a call-down: the ladders of the pack filled with the people of the place, all lines at once."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from anlan.call.rules.calldown.settings import CallSettings, LadderSetting
from anlan.call.rules.calldown.shapes import CallDown, Holder, Line, LineKind, Rung
from anlan.foundation.rules.grade import Grade

_ORDER = {kind: rank for rank, kind in enumerate(LineKind)}


@dataclass(frozen=True, kw_only=True)
class Addressee:
    """Whom a line is for, with everybody who might stand on its ladder; `Holder.role` puts them on a rung."""

    kind: LineKind
    place: str
    holders: tuple[Holder, ...]
    name: str = ""
    """Tells lines of one kind and place apart, such as two departments of one county."""

    @property
    def key(self) -> str:
        """Key of the line within its call-down."""
        return ":".join(part for part in (self.kind, self.place, self.name) if part)


def open_lines(
    *,
    ref: str,
    place: str,
    grade: Grade,
    at: datetime,
    addressees: Iterable[Addressee],
    settings: CallSettings,
) -> CallDown:
    """Open every line that the grade calls, in the order county, township, department, village.

    A place without anybody to call still gets its line: it leads to a door check at once. A person stands once in a
    line, on the first rung that names their role; rungs without people are left out.
    """
    lines = []
    for addressee in sorted(addressees, key=lambda a: (_ORDER[a.kind], a.place, a.name)):
        ladder = settings.ladder(addressee.kind)
        if grade in ladder.wanted:
            lines.append(_line(addressee, ladder, grade, at))
    return CallDown(ref=ref, place=place, grade=grade, opened_at=at, lines=tuple(lines))


def _line(addressee: Addressee, ladder: LadderSetting, grade: Grade, at: datetime) -> Line:
    rungs = _rungs(addressee, ladder)
    standing = sum(len(rung.holders) for rung in rungs if rung.stands_for_place)
    return Line(
        key=addressee.key,
        kind=addressee.kind,
        place=addressee.place,
        rungs=rungs,
        wanted=max(1, min(ladder.wanted[grade], standing)),
        opened_at=at,
        rung_opened_at=at,
    )


def _rungs(addressee: Addressee, ladder: LadderSetting) -> tuple[Rung, ...]:
    """Fill the rungs; people of one rung stand in the order of its roles, then as they were given."""
    seen: set[str] = set()
    rungs = []
    for setting in ladder.rungs:
        people = []
        for role in setting.roles:
            for holder in addressee.holders:
                if holder.role == role and holder.ref not in seen:
                    seen.add(holder.ref)
                    people.append(holder)
        if people:
            rungs.append(
                Rung(
                    key=setting.key,
                    holders=tuple(people),
                    timeout=setting.timeout,
                    stands_for_place=setting.stands_for_place,
                )
            )
    return tuple(rungs)
