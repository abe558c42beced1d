"""Rules on the message: who, when, to whom, about what. Each takes the root and yields findings."""

import re
from collections.abc import Iterator
from datetime import datetime

from ..mapping import COLOUR, EXERCISE_MARK, Colour, colour_in_headline, colour_named
from ..model import DEFAULT_LANGUAGE
from ..reader import children, text_of, unreadable
from ..report import Finding, Level, finding
from ..safexml import Element, line_of
from ..texts import Unreadable, is_token, read_list, read_references, read_time

CHAINED = frozenset({"Update", "Cancel", "Ack", "Error"})
SPEAKING = frozenset({"Alert", "Update"})
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]")


def tokens(root: Element) -> Iterator[Finding]:
    """CAP 3.2.1: identifier and sender hold no blank, comma, < or &, or references cannot name them."""
    for name in ("identifier", "sender"):
        for element in children(root, name):
            if not is_token(element.text or ""):
                yield finding("CAP-IDENTIFIER", line=line_of(element), element=name, value=element.text or "")


def references(root: Element) -> Iterator[Finding]:
    """An update, cancel or answer names its message as sender,identifier,sent, and never itself."""
    msg_type = text_of(root, "msgType")
    elements = children(root, "references")
    if msg_type in CHAINED and not any((element.text or "").strip() for element in elements):
        line = line_of(elements[0]) if elements else line_of(root)
        yield finding("CAP-REFERENCES-MISSING", line=line, msg_type=msg_type)
    own = (text_of(root, "sender"), text_of(root, "identifier"))
    for element in elements:
        try:
            named = read_references(element.text or "")
        except Unreadable as error:
            yield unreadable(element, error)
            continue
        if any((one.sender, one.identifier) == own for one in named):
            yield finding("CAP-REFERENCES-SELF", line=line_of(element))


def exercise(root: Element) -> Iterator[Finding]:
    """An exercise must not be taken for real: it says so in its note and in each headline."""
    if text_of(root, "status") != "Exercise":
        return
    if not (text_of(root, "note") or "").strip():
        yield finding("CAP-EXERCISE-NOTE", line=_line(root, "status"))
    for info in children(root, "info"):
        headline = text_of(info, "headline")
        if headline and EXERCISE_MARK not in headline and "exercise" not in headline.lower():
            yield finding("CAP-EXERCISE-HEADLINE", level=Level.WARNING, line=_line(info, "headline"))


def audience(root: Element) -> Iterator[Finding]:
    """CAP 3.2.1: Restricted needs its rule, Private its addresses."""
    scope = text_of(root, "scope")
    if scope == "Restricted" and not (text_of(root, "restriction") or "").strip():
        yield finding("CAP-RESTRICTION", line=_line(root, "scope"))
    if scope == "Private" and not (text_of(root, "addresses") or "").strip():
        yield finding("CAP-ADDRESSES", line=_line(root, "scope"))
    for name in ("addresses", "incidents"):
        for element in children(root, name):
            try:
                read_list(element.text or "")
            except Unreadable as error:
                yield unreadable(element, error)


def content(root: Element) -> Iterator[Finding]:
    """A message that speaks says something, about somewhere, until some time."""
    msg_type = text_of(root, "msgType")
    infos = children(root, "info")
    if msg_type in SPEAKING and not infos:
        yield finding("CAP-INFO-MISSING", level=Level.WARNING, line=line_of(root), msg_type=msg_type)
    for info in infos:
        if not children(info, "area"):
            yield finding("CAP-AREA-MISSING", level=Level.WARNING, line=line_of(info))
        if not children(info, "expires") and msg_type in SPEAKING:
            yield finding("CAP-EXPIRES-MISSING", level=Level.WARNING, line=line_of(info))


def times(root: Element) -> Iterator[Finding]:
    """An alert expires after it was sent, took effect and began."""
    sent = _time(root, "sent")
    for info in (
        children(root, "info") if text_of(root, "msgType") in SPEAKING else ()
    ):  # a cancel lasts no time
        expires = _time(info, "expires")
        if expires is None:
            continue
        others = {"sent": sent, "effective": _time(info, "effective"), "onset": _time(info, "onset")}
        yield from expires_early(expires, others, _line(info, "expires"))


def expires_early(
    expires: datetime, others: dict[str, datetime | None], line: int | None
) -> Iterator[Finding]:
    """Say it once, with the latest of the times that the alert does not outlive."""
    later = [(moment, name) for name, moment in others.items() if moment is not None and expires <= moment]
    if later:
        moment, name = max(later)
        yield finding("CAP-EXPIRES-EARLY", line=line, other=name, value=moment.isoformat())


def language(root: Element) -> Iterator[Finding]:
    """Chinese text under another language is read out by the wrong voice and shown to the wrong people."""
    for info in children(root, "info"):
        code = (text_of(info, "language") or DEFAULT_LANGUAGE).strip()
        words = "".join(text_of(info, name) or "" for name in ("headline", "description"))
        han, latin = len(_HAN.findall(words)), len(_LATIN.findall(words))
        if han > latin and not code.lower().startswith(("zh", "ii", "bo", "ug", "mn", "za")):
            yield finding("CAP-LANGUAGE", level=Level.WARNING, line=_line(info, "language"), value=code)


def colour(root: Element) -> Iterator[Finding]:
    """The colour that people see and the severity that machines filter by must agree."""
    for info in children(root, "info"):
        said = colour_in_headline(text_of(info, "headline") or "")
        parameter = _colour_parameter(info)
        if said and parameter and said is not parameter:
            yield finding(
                "CAP-COLOURS-DIFFER",
                line=_line(info, "headline"),
                headline_zh=said.zh,
                headline_en=said.lower(),
                parameter_zh=parameter.zh,
                parameter_en=parameter.lower(),
            )
        shown = parameter or said
        severity = text_of(info, "severity")
        if shown and severity is not None and severity != shown.severity:
            yield finding(
                "CAP-COLOUR-SEVERITY",
                level=Level.WARNING,
                line=_line(info, "severity"),
                colour_zh=shown.zh,
                colour_en=shown.lower(),
                severity=severity,
                expected=shown.severity,
            )


RULES = (tokens, references, exercise, audience, content, times, language, colour)


def _colour_parameter(info: Element) -> Colour | None:
    for parameter in children(info, "parameter"):
        if text_of(parameter, "valueName") == COLOUR:
            return colour_named(text_of(parameter, "value") or "")
    return None


def _time(parent: Element, name: str) -> datetime | None:
    """The time, or None: a badly written one is named by the schema already."""
    try:
        return read_time(text_of(parent, name) or "")
    except Unreadable:
        return None


def _line(parent: Element, name: str) -> int | None:
    found = children(parent, name)
    return line_of(found[0] if found else parent)
