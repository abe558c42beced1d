"""From the data of a threshold pack to rules. docs/reference/packs.md describes the keys."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Protocol, TypeVar

from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.pack import Data, number, strings, table, tables, text
from anlan.judge.rules.thresholds.shapes import (
    STAGES,
    WETNESS,
    All,
    Any,
    Basis,
    Condition,
    Element,
    Line,
    Rule,
    RuleSet,
    Scale,
)

_PROVENANCE = {"source", "clause", "confidence"}
_HEAD = {
    "scale",
    "hazard",
    "event_types",
    "subjects",
    "bases",
    "hysteresis_percent",
    "hysteresis_mm",
    "wetness_if_unknown",
    "prepare_percent",
}
_LINE = {"level", "stage", "wetness", "rain_mm"} | _PROVENANCE
_RULE = {"level", "stage", "wetness", "held_minutes", "when"} | _PROVENANCE
E = TypeVar("E", bound=StrEnum)
MARKS = ("warning", "guarantee", "record", "flood_limit", "design", "check")


class PackLike(Protocol):
    """What compiling needs of a pack; `foundation.packs.Pack` has it."""

    @property
    def id(self) -> str: ...
    @property
    def version(self) -> str: ...
    @property
    def applies_to(self) -> tuple[str, ...]: ...
    @property
    def data(self) -> Mapping[str, object]: ...
    @property
    def only(self) -> frozenset[str]: ...
    def acts_at(self, division: str, gauge: str, /) -> bool: ...


def compile_pack(pack: PackLike) -> RuleSet:
    """The rules of a threshold pack. Raises: BadPack with the key and the problem."""
    head = table(pack.data, "threshold")
    _only(head, _HEAD, "threshold")
    compiler = _Compiler(pack.data, head)
    return RuleSet(
        pack=pack.id,
        version=pack.version,
        scale=compiler.scale,
        hazard=text(head, "hazard"),
        event_types=strings(head, "event_types"),
        subjects=frozenset(strings(head, "subjects")),
        bases=frozenset(_one_of(Basis, basis, "threshold.bases") for basis in strings(head, "bases")),
        applies_to=pack.applies_to,
        wetness_if_unknown=_wetness(head, "wetness_if_unknown", "threshold"),
        rules=compiler.rules(),
        acts_at=pack.acts_at,
        only=pack.only,
    )


class _Compiler:
    """Reads the rows of one pack under its scale and hysteresis."""

    def __init__(self, data: Mapping[str, object], head: Data) -> None:
        self.data = data
        self.head = head
        self.scale = _one_of(Scale, text(head, "scale"), "threshold.scale")
        self.draws_prepare = not any(row.get("stage") == "prepare" for row in tables(data, "line"))

    def rules(self) -> tuple[Rule, ...]:
        rows = [rule for row in tables(self.data, "line") for rule in self._rain_row(row)]
        rows += [self._rule(row) for row in tables(self.data, "rule")]
        if not rows:
            raise BadPack(key="line", problem="the pack has no [[line]] and no [[rule]], so it never warns")
        return tuple(sorted(rows, key=lambda rule: -rule.level))

    def _rain_row(self, row: Data) -> Iterable[Rule]:
        """[[line]]: any one of several durations; a stage pack without prepare lines of its own draws them below."""
        _only(row, _LINE, "line")
        level, soil = self._level(row, "line"), _wetness(row, "wetness", "line")
        drawn = [_rain_line(window, mm) for window, mm in table(row, "rain_mm").items()]
        if not drawn:
            raise BadPack(key="line.rain_mm", problem="write { minutes = millimetres, … }")
        yield Rule(level=level, wetness=soil, when=Any(tuple(self._rain(*each) for each in drawn)))
        if self.scale is Scale.STAGE and level == STAGES["immediate"] and self.draws_prepare:
            share = self._share("prepare_percent")
            lower = tuple(self._rain(window, _part(tenths, share)) for window, tenths in drawn)
            yield Rule(level=STAGES["prepare"], wetness=soil, when=Any(lower))

    def _rule(self, row: Data) -> Rule:
        _only(row, _RULE, "rule")
        return Rule(
            level=self._level(row, "rule"),
            wetness=_wetness(row, "wetness", "rule"),
            held=timedelta(minutes=number(row, "held_minutes", 0)),
            when=self._condition(table(row, "when")),
        )

    def _condition(self, when: Data) -> Condition:
        for word, kind in (("all", All), ("any", Any)):
            if word in when:
                _only(when, {word}, "when")
                parts = tuple(map(self._condition, tables(when, word)))
                if not parts:
                    raise BadPack(key=f"when.{word}", problem="it holds no condition")
                return kind(parts)
        return self._leaf(when)

    def _leaf(self, when: Data) -> Line:
        for key in ("rain_mm", "rain_below_mm", "rise_mm", "stage_mm", "stage", "stage_below"):
            if key in when:
                break
        else:
            raise BadPack(key="when", problem=f"{sorted(when)} holds no rain_mm, rise_mm, stage, all or any")
        below = "below" in key
        if key == "stage_mm":
            _only(when, {key}, "when")
            return self._above("", _whole(when[key], "when.stage_mm"), below)
        if key.startswith("stage"):
            _only(when, {key, "offset_mm"}, "when")
            return self._stage(text(when, key), _whole(when.get("offset_mm", 0), "when.offset_mm"), below)
        _only(when, {key, "window_minutes"}, "when")
        window = number(when, "window_minutes", 0, least=1)
        if key == "rise_mm":
            return self._rise(window, _whole(when[key], "when.rise_mm"))
        return self._rain(window, _tenths(when[key], f"when.{key}"), below=below)

    def _rain(self, window: int, tenths: int, *, below: bool = False) -> Line:
        hold = tenths if below else _part(tenths, self._share("hysteresis_percent"))
        return Line(element=Element.RAIN, window_minutes=window, line=tenths, hold=hold, below=below)

    def _rise(self, window: int, millimetres: int) -> Line:
        hold = _part(millimetres, self._share("hysteresis_percent"))
        return Line(element=Element.RISE, window_minutes=window, line=millimetres, hold=hold)

    def _stage(self, mark: str, offset: int, below: bool) -> Line:
        if mark not in MARKS:
            raise BadPack(key="when.stage", problem=f"{mark!r} is none of {', '.join(MARKS)}")
        return self._above(mark, offset, below)

    def _above(self, mark: str, offset: int, below: bool) -> Line:
        margin = _whole(_figure(self.head, "hysteresis_mm"), "threshold.hysteresis_mm")
        hold = offset if below else offset - margin
        return Line(element=Element.STAGE, reference=mark, line=offset, hold=hold, below=below)

    def _share(self, key: str) -> int:
        share = _whole(_figure(self.head, key), f"threshold.{key}")
        if not 0 < share <= 100:
            raise BadPack(key=f"threshold.{key}", problem=f"{share} is not a share from 1 to 100 percent")
        return share

    def _level(self, row: Data, where: str) -> int:
        if self.scale is Scale.STAGE:
            stage = text(row, "stage")
            if stage not in STAGES:
                raise BadPack(key=f"{where}.stage", problem=f"{stage!r} is none of {', '.join(STAGES)}")
            return STAGES[stage]
        level = number(row, "level", 0, least=1)
        if level > 4:
            raise BadPack(key=f"{where}.level", problem=f"{level} is not 1 (blue) to 4 (red)")
        return level


def _rain_line(window: str, millimetres: object) -> tuple[int, int]:
    if not window.isdigit() or window == "0":
        raise BadPack(key="line.rain_mm", problem=f"{window!r} is not a window in minutes")
    return int(window), _tenths(millimetres, f"line.rain_mm.{window}")


def _part(value: int, percent: int) -> int:
    """The least whole value v with v·100 ≥ value·percent, so that comparing stays exact."""
    return -(-value * percent // 100)


def _figure(head: Data, key: str) -> object:
    """A bare number, or a table { value, source, clause, confidence } that vouches for itself."""
    if key not in head:
        raise BadPack(key=f"threshold.{key}", problem="it is missing, and the rules of this pack need it")
    figure = head[key]
    return figure["value"] if isinstance(figure, Mapping) and "value" in figure else figure


def _whole(value: object, key: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadPack(key=key, problem=f"{value!r} is not a whole number")
    return value


def _tenths(value: object, key: str) -> int:
    """Millimetres to tenths, exactly; nothing is rounded in silence."""
    if not isinstance(value, int | Decimal) or isinstance(value, bool) or value <= 0:
        raise BadPack(key=key, problem=f"{value!r} is not a positive number of millimetres")
    tenths = Decimal(value) * 10
    if tenths != int(tenths):
        raise BadPack(key=key, problem=f"{value} mm is finer than a tenth of a millimetre")
    return int(tenths)


def _wetness(row: Data, key: str, where: str) -> str:
    if key not in row:
        return ""
    soil = text(row, key)
    if soil not in WETNESS:
        raise BadPack(key=f"{where}.{key}", problem=f"{soil!r} is none of {', '.join(WETNESS)}")
    return soil


def _one_of(kind: type[E], value: str, key: str) -> E:
    if value not in {member.value for member in kind}:
        raise BadPack(key=key, problem=f"{value!r} is none of {', '.join(member.value for member in kind)}")
    return kind(value)


def _only(row: Data, known: set[str], where: str) -> None:
    for key in row:
        if key not in known:
            raise BadPack(key=f"{where}.{key}", problem=f"nobody reads it; the keys are {sorted(known)}")
