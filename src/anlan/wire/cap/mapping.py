"""Between a warning as a Chinese authority thinks of it and the fields of CAP.

Colours map as QWeather's feed does (blue and yellow seen in samples, orange and red 待核实). Headline and identifier
follow GB/T 34283-2017 as seen in the national feed.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from enum import StrEnum

from .errors import BadIdentifier, BadTime
from .model import (
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    NamedValue,
    Reference,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
    require_file_time,
)

BEIJING = timezone(timedelta(hours=8))
EVENT_CODE = "GB/T 35561"
COLOUR = "AlertColour"
GEOCODE = "NBS-12"
EXERCISE_MARK = "演练"

_IDENTIFIER = re.compile(r"(\d{14})_(\d{14})(?:_(\d))?", re.ASCII)
_HEADLINE = re.compile(r"发布(.{1,60}?)(红|橙|黄|蓝)色预警", re.DOTALL)
_COLOUR_WORD = re.compile(r"(红|橙|黄|蓝)色")


class Colour(StrEnum):
    """预警颜色 · The four colours as the national form writes them, weakest first."""

    BLUE = "Blue"
    YELLOW = "Yellow"
    ORANGE = "Orange"
    RED = "Red"

    @property
    def zh(self) -> str:
        return _COLOUR_ROWS[self][0]

    @property
    def grade(self) -> str:
        """级别 · the bracketed grade of a headline, such as `Ⅲ级/较重`."""
        return _COLOUR_ROWS[self][1]

    @property
    def severity(self) -> Severity:
        return _COLOUR_ROWS[self][2]


_COLOUR_ROWS: dict[Colour, tuple[str, str, Severity]] = {
    Colour.BLUE: ("蓝", "Ⅳ级/一般", Severity.MINOR),
    Colour.YELLOW: ("黄", "Ⅲ级/较重", Severity.MODERATE),
    Colour.ORANGE: ("橙", "Ⅱ级/严重", Severity.SEVERE),
    Colour.RED: ("红", "Ⅰ级/特别严重", Severity.EXTREME),
}
_BY_WORD = {row[0]: colour for colour, row in _COLOUR_ROWS.items()}
_BY_SEVERITY = {row[2]: colour for colour, row in _COLOUR_ROWS.items()}

# First letters of GB/T 35561 codes to CAP's classes, longest prefix first.
_CATEGORIES = (
    ("11A", Category.MET),
    ("11B", Category.MET),
    ("11C", Category.GEO),
    ("11D", Category.GEO),
    ("11E", Category.GEO),
    ("11F", Category.ENV),
    ("11G", Category.FIRE),
    ("12D", Category.CBRNE),
    ("12T", Category.CBRNE),
    ("12G", Category.FIRE),
    ("12H", Category.TRANSPORT),
    ("12J", Category.TRANSPORT),
    ("12K", Category.TRANSPORT),
    ("12L", Category.TRANSPORT),
    ("12M", Category.TRANSPORT),
    ("12P", Category.INFRA),
    ("12U", Category.INFRA),
    ("12Q", Category.ENV),
    ("12", Category.SAFETY),
    ("13", Category.HEALTH),
    ("14", Category.SECURITY),
)


def colour_of(severity: Severity) -> Colour | None:
    """The colour that maps to a severity; None for Unknown."""
    return _BY_SEVERITY.get(severity)


def colour_named(text: str) -> Colour | None:
    """The colour with that national name; None when it is no colour."""
    return next((colour for colour in Colour if colour.value == text), None)


def colour_in_headline(text: str) -> Colour | None:
    """The one colour that a headline names; None when it names none or several."""
    named = colours_in(text)
    return named.pop() if len(named) == 1 else None


def colours_in(text: str) -> set[Colour]:
    """All colours that a text names."""
    return {_BY_WORD[word] for word in _COLOUR_WORD.findall(text)}


def event_in_headline(text: str) -> str | None:
    """The event that a headline names between 发布 and its colour."""
    found = _HEADLINE.search(text)
    return found.group(1) if found else None


def category_of(event_code: str) -> Category:
    """CAP's class of a GB/T 35561 code; Other when the code says nothing."""
    for prefix, category in _CATEGORIES:
        if event_code.startswith(prefix):
            return category
    return Category.OTHER


def urgency_and_certainty(*, observed: bool, lead: timedelta | None = None) -> tuple[Urgency, Certainty]:
    """How soon and how sure: observed now, or forecast with a lead time (None when it is not known)."""
    if observed:
        return Urgency.IMMEDIATE, Certainty.OBSERVED
    if lead is None:
        return Urgency.UNKNOWN, Certainty.LIKELY
    if lead <= timedelta(hours=1):
        return Urgency.IMMEDIATE, Certainty.LIKELY
    if lead <= timedelta(hours=6):
        return Urgency.EXPECTED, Certainty.LIKELY
    return Urgency.FUTURE, Certainty.LIKELY


def headline(*, sender_name: str, event: str, colour: Colour, exercise: bool = False) -> str:
    """标题 · `<发布单位>发布<事件><颜色>色预警[Ⅲ级/较重]`, with 【演练】 before it in an exercise."""
    mark = f"【{EXERCISE_MARK}】" if exercise else ""
    return f"{mark}{sender_name}发布{event}{colour.zh}色预警[{colour.grade}]"


def identifier(*, unit: str, sent: datetime, serial: int | None = None) -> str:
    """标识 · 14-digit unit code, Beijing time to the second, and a serial 0–9 when one second holds several.

    Raises BadIdentifier when a part does not fit, BadTime when the time is naive.
    """
    if sent.utcoffset() is None:
        raise BadTime(value=sent.isoformat())
    stamp = f"{sent.astimezone(BEIJING):%Y%m%d%H%M%S}"
    text = f"{unit}_{stamp}" if serial is None else f"{unit}_{stamp}_{serial}"
    parse_identifier(text)
    return text


def parse_identifier(text: str) -> tuple[str, datetime]:
    """The unit code and the Beijing time in an identifier; raises BadIdentifier."""
    found = _IDENTIFIER.fullmatch(text)
    if not found:
        raise BadIdentifier(value=text)
    try:
        moment = datetime.strptime(found.group(2), "%Y%m%d%H%M%S").replace(tzinfo=BEIJING)
        require_file_time(moment)
    except ValueError:
        raise BadIdentifier(value=text) from None
    return found.group(1), moment


def file_time(moment: datetime) -> datetime:
    """A time as files carry it: Beijing, whole seconds, cut and never rounded up into the future."""
    if moment.utcoffset() is None:
        raise BadTime(value=moment.isoformat())
    return moment.astimezone(BEIJING).replace(microsecond=0)


@dataclass(frozen=True)
class PublicWarning:
    """What an authority decides about one public warning, before it takes a file's form.

    `unit` is the 14-digit code of the issuing unit, `divisions` are 12-digit codes; `lead` is the time to onset of a
    forecast. `references` name the chain for an update or a cancel.
    """

    unit: str
    sender_name: str
    sent: datetime
    event: str
    event_code: str
    colour: Colour
    observed: bool
    description: str
    instruction: str
    effective: datetime
    expires: datetime
    areas: tuple[Area, ...]
    lead: timedelta | None = None
    onset: datetime | None = None
    msg_type: MsgType = MsgType.ALERT
    references: tuple[Reference, ...] = ()
    response_types: tuple[ResponseType, ...] = ()
    serial: int | None = None
    contact: str | None = None
    note: str | None = None
    exercise: str | None = None


def compose(warning: PublicWarning) -> Alert:
    """A public alert from a decided warning.

    With `exercise` (its name) the alert says so three times: status Exercise, 演练 in the note and in the headline.
    """
    note = warning.note
    if warning.exercise is not None:
        note = "；".join(part for part in (f"{EXERCISE_MARK}：{warning.exercise}", note) if part)
    return Alert(
        identifier=identifier(unit=warning.unit, sent=warning.sent, serial=warning.serial),
        sender=warning.unit,
        sent=file_time(warning.sent),
        status=Status.ACTUAL if warning.exercise is None else Status.EXERCISE,
        msg_type=warning.msg_type,
        scope=Scope.PUBLIC,
        source=warning.sender_name,
        note=note,
        references=warning.references,
        infos=(_info(warning),),
    )


def _info(warning: PublicWarning) -> Info:
    urgency, certainty = urgency_and_certainty(observed=warning.observed, lead=warning.lead)
    return Info(
        language="zh-CN",
        categories=(category_of(warning.event_code),),
        event=warning.event,
        response_types=warning.response_types,
        urgency=urgency,
        severity=warning.colour.severity,
        certainty=certainty,
        event_codes=(NamedValue(EVENT_CODE, warning.event_code),),
        effective=file_time(warning.effective),
        onset=None if warning.onset is None else file_time(warning.onset),
        expires=file_time(warning.expires),
        sender_name=warning.sender_name,
        headline=headline(
            sender_name=warning.sender_name,
            event=warning.event,
            colour=warning.colour,
            exercise=warning.exercise is not None,
        ),
        description=warning.description,
        instruction=warning.instruction,
        contact=warning.contact,
        parameters=(NamedValue(COLOUR, warning.colour.value),),
        areas=warning.areas,
    )
