"""发布主体: who may lawfully issue which public warning, alone or jointly, by which clause.

What our own rules find is a 系统研判 (Assessment) and is nobody's 预警信号: `title_of_finding` is its only name.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.pack import Data, number, strings, table, tables, text

ASSESSMENT_ZH, ASSESSMENT_EN = "系统研判", "system assessment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an organ may issue a type of warning; `instead` is what it may lawfully do."""

    allowed: bool
    jointly_with: tuple[str, ...] = ()
    """Kinds of organs that must sign as well; empty means alone."""
    clause: str = ""
    source: str = ""
    confidence: str = ""
    reason_zh: str
    reason_en: str
    instead: tuple[str, ...] = ()

    @property
    def is_doubtful(self) -> bool:
        """待核实: the pack itself is not sure."""
        return self.confidence in ("M?", "X")


class CitedPack(Protocol):
    """What is read of an issuer pack; `foundation.packs.Pack` has it."""

    @property
    def clause(self) -> str: ...
    @property
    def source(self) -> str: ...
    @property
    def confidence(self) -> str: ...
    @property
    def data(self) -> Data: ...


def may_issue(
    packs: Sequence[CitedPack], *, org_kind: str, event_type: str, grade: Grade | None = None
) -> Verdict:
    """May an organ of this kind issue this type of public warning, at this grade if one is given?

    `packs` are the issuer packs in force, the closest to the place first; the first that lists the type decides.
    A type that no pack lists may be issued by nobody. Raises: BadPack.
    """
    instead = tuple(deed for deed in _deeds(packs, org_kind) if deed != "issue")
    found = _find(packs, event_type)
    if found is None:
        return Verdict(
            allowed=False,
            reason_zh=f"规则包未列明类型 {event_type} 的法定发布主体,任何单位不得发布;请先在规则包中补充依据。",
            reason_en=f"No pack names a lawful issuer of {event_type}; nobody may issue it until one does.",
            instead=instead,
        )
    pack, rule = found
    organs = strings(rule, "organs")
    least = Grade(number(rule, "public_from_level", 1, least=1))
    others = tuple(organ for organ in organs if organ != org_kind)
    is_lawful = org_kind in organs
    is_high_enough = grade is None or grade >= least
    allowed = is_lawful and is_high_enough
    zh, en = _words(packs, rule, organs if not is_lawful else others, is_lawful, is_high_enough, least)
    return Verdict(
        allowed=allowed,
        jointly_with=others if allowed else (),
        clause=text(rule, "clause", pack.clause),
        source=text(rule, "source", pack.source),
        confidence=text(rule, "confidence", pack.confidence),
        reason_zh=zh,
        reason_en=en,
        instead=() if allowed else instead,
    )


def _find(packs: Sequence[CitedPack], event_type: str) -> tuple[CitedPack, Data] | None:
    rules = ((pack, rule) for pack in packs for rule in tables(pack.data, "issue"))
    return next((each for each in rules if event_type in strings(each[1], "event_types")), None)


def _words(
    packs: Sequence[CitedPack],
    rule: Data,
    organs: Sequence[str],
    is_lawful: bool,
    is_high_enough: bool,
    least: Grade,
) -> tuple[str, str]:
    """The reason in Chinese and English; `organs` are those to name."""
    title = table(rule, "title")
    zh, en = text(title, "zh"), text(title, "en")
    names_zh = "、".join(name for name, _ in _names(packs, organs))
    names_en = " and ".join(name for _, name in _names(packs, organs))
    if not is_lawful:
        return f"{zh}由{names_zh}发布,本单位不得发布。", f"{en}: only {names_en} may issue it."
    if not is_high_enough:
        return f"{zh}自{least.zh}起公开发布。", f"{en}: published from {least.name.lower()} upwards."
    if organs:
        return f"{zh}须与{names_zh}联合发布。", f"{en}: to be issued jointly with {names_en}."
    return f"{zh}可单独发布。", f"{en}: may be issued alone."


def organs_of(packs: Sequence[CitedPack], event_type: str) -> tuple[str, ...]:
    """Kinds of the organs that issue this type, the one that leads first; empty when no pack lists it."""
    found = _find(packs, event_type)
    return strings(found[1], "organs") if found else ()


def may_do(packs: Sequence[CitedPack], *, org_kind: str, deed: str) -> bool:
    """Whether an organ may `issue`, `import`, `call_out`, send a `risk_notice` or `propose_response`."""
    return deed in _deeds(packs, org_kind)


def title_of_finding(*, lang: str) -> str:
    """The only name under which a finding of our rules is ever shown."""
    return ASSESSMENT_ZH if lang == "zh" else ASSESSMENT_EN


def _deeds(packs: Sequence[CitedPack], org_kind: str) -> tuple[str, ...]:
    organs = (organ for pack in packs for organ in tables(pack.data, "organ"))
    return next((strings(organ, "may") for organ in organs if text(organ, "code") == org_kind), ())


def _names(packs: Sequence[CitedPack], codes: Sequence[str]) -> list[tuple[str, str]]:
    """(Chinese, English) names of organs; the code itself where no pack names it."""
    known = {
        text(organ, "code"): table(organ, "title")
        for pack in reversed(packs)
        for organ in tables(pack.data, "organ")
    }
    return [
        (text(known[code], "zh"), text(known[code], "en")) if code in known else (code, code)
        for code in codes
    ]
