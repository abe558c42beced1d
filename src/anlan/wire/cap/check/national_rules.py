"""Rules on an alert in the national (12379) form that reading it does not enforce."""

from collections.abc import Iterator

from anlan.wire.cap.national.form import NationalForm

from ..mapping import EXERCISE_MARK, GEOCODE, colour_in_headline, parse_identifier
from ..model import MsgType, Status
from ..report import Finding, Level, finding
from ..safexml import Element, line_of
from .message import CHAINED, SPEAKING, expires_early


def judge(form: NationalForm, root: Element) -> Iterator[Finding]:
    """All rules on a form that could be read."""
    yield from _chain(form, root)
    yield from _exercise(form, root)
    yield from _expiry(form, root)
    yield from _colour(form, root)
    yield from _place(form, root)


def _chain(form: NationalForm, root: Element) -> Iterator[Finding]:
    alert = form.alert
    if alert.msg_type in CHAINED and not alert.references:
        yield finding("CAP-REFERENCES-MISSING", line=_line(root, "references"), msg_type=alert.msg_type)
    if any(one.identifier == alert.identifier for one in alert.references):
        yield finding("CAP-REFERENCES-SELF", line=_line(root, "references"))
    if alert.sender != parse_identifier(alert.identifier)[0]:
        yield finding("CN-SENDER", line=_line(root, "senderCode"), value=alert.sender)


def _exercise(form: NationalForm, root: Element) -> Iterator[Finding]:
    alert = form.alert
    if alert.status is not Status.EXERCISE:
        return
    if not alert.note:
        yield finding("CAP-EXERCISE-NOTE", line=_line(root, "note"))
    if EXERCISE_MARK not in (alert.infos[0].headline or ""):
        yield finding("CAP-EXERCISE-HEADLINE", level=Level.WARNING, line=_line(root, "info/headline"))


def _expiry(form: NationalForm, root: Element) -> Iterator[Finding]:
    info, line = form.alert.infos[0], _line(root, "info/expires")
    if form.alert.msg_type not in SPEAKING:
        return
    if info.expires is None:
        yield finding("CAP-EXPIRES-MISSING", level=Level.WARNING, line=line)
        return
    others = {"sendTime": form.alert.sent, "effective": info.effective, "onset": info.onset}
    yield from expires_early(info.expires, others, line)


def _colour(form: NationalForm, root: Element) -> Iterator[Finding]:
    info = form.alert.infos[0]
    said = colour_in_headline(info.headline or "")
    if said is not None and said.severity is not info.severity and form.alert.msg_type is not MsgType.CANCEL:
        yield finding(
            "CAP-COLOUR-SEVERITY",
            line=_line(root, "info/severity"),
            colour_zh=said.zh,
            colour_en=said.lower(),
            severity=(root.findtext("info/severity") or "").strip(),
            expected=said.value,
        )


def _place(form: NationalForm, root: Element) -> Iterator[Finding]:
    info = form.alert.infos[0]
    if not info.areas:
        yield finding("CAP-AREA-MISSING", level=Level.WARNING, line=_line(root, "info"))
    for area in info.areas:
        if not (area.polygons or area.circles or any(code.name == GEOCODE for code in area.geocodes)):
            yield finding("CN-FIELD", line=_line(root, "info/area"), element="geocode")


def _line(root: Element, path: str) -> int | None:
    found = root.find(path)
    return line_of(root if found is None else found)
