"""发布主体: who may lawfully issue which public warning, alone or jointly, by which clause."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.pack import Data, number, strings, table, tables, text
from anlan.foundation.words import Sentence, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Whether an organ may issue a type of warning; `instead` is what it may lawfully do."""

    allowed: bool
    jointly_with: tuple[str, ...] = ()
    """Kinds of organs that must sign as well; empty means alone."""
    clause: str = ""
    source: str = ""
    confidence: str = ""
    reason: Sentence
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
            reason=say(
                "规则包未列明类型 {event_type} 的法定发布主体,任何单位不得发布;请先在规则包中补充依据。",
                event_type=event_type,
            ),
            instead=instead,
        )
    pack, rule = found
    organs = strings(rule, "organs")
    least = Grade(number(rule, "public_from_level", 1, least=1))
    others = tuple(organ for organ in organs if organ != org_kind)
    is_lawful = org_kind in organs
    is_high_enough = grade is None or grade >= least
    allowed = is_lawful and is_high_enough
    return Verdict(
        allowed=allowed,
        jointly_with=others if allowed else (),
        clause=text(rule, "clause", pack.clause),
        source=text(rule, "source", pack.source),
        confidence=text(rule, "confidence", pack.confidence),
        reason=_reason(packs, rule, organs if not is_lawful else others, is_lawful, is_high_enough, least),
        instead=() if allowed else instead,
    )


def _find(packs: Sequence[CitedPack], event_type: str) -> tuple[CitedPack, Data] | None:
    rules = ((pack, rule) for pack in packs for rule in tables(pack.data, "issue"))
    return next((each for each in rules if event_type in strings(each[1], "event_types")), None)


def _reason(
    packs: Sequence[CitedPack],
    rule: Data,
    organs: Sequence[str],
    is_lawful: bool,
    is_high_enough: bool,
    least: Grade,
) -> Sentence:
    """Why, or why not; `organs` are those to name."""
    kind, names = _title(table(rule, "title")), tuple(_names(packs, organs))
    if not is_lawful:
        return say("{kind}由{names}发布,本单位不得发布。", kind=kind, names=names)
    if not is_high_enough:
        return say("{kind}自{grade}起公开发布。", kind=kind, grade=say(least.word))
    if organs:
        return say("{kind}须与{names}联合发布。", kind=kind, names=names)
    return say("{kind}可单独发布。", kind=kind)


def organs_of(packs: Sequence[CitedPack], event_type: str) -> tuple[str, ...]:
    """Kinds of the organs that issue this type, the one that leads first; empty when no pack lists it."""
    found = _find(packs, event_type)
    return strings(found[1], "organs") if found else ()


def may_do(packs: Sequence[CitedPack], *, org_kind: str, deed: str) -> bool:
    """Whether an organ may `issue`, `import`, `call_out`, send a `risk_notice` or `propose_response`."""
    return deed in _deeds(packs, org_kind)


def _deeds(packs: Sequence[CitedPack], org_kind: str) -> tuple[str, ...]:
    organs = (organ for pack in packs for organ in tables(pack.data, "organ"))
    return next((strings(organ, "may") for organ in organs if text(organ, "code") == org_kind), ())


def _names(packs: Sequence[CitedPack], codes: Sequence[str]) -> list[str | Mapping[str, str]]:
    """Names of organs; the code itself where no pack names it."""
    known = {
        text(organ, "code"): table(organ, "title")
        for pack in reversed(packs)
        for organ in tables(pack.data, "organ")
    }
    return [_title(known[code]) if code in known else code for code in codes]


def _title(title: Data) -> Mapping[str, str]:
    return {"zh": text(title, "zh"), "en": text(title, "en")}
