"""The national form to an Alert."""

import re
from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from ..errors import BadIdentifier, InvalidCap, NotCap
from ..mapping import (
    BEIJING,
    COLOUR,
    EVENT_CODE,
    GEOCODE,
    Colour,
    category_of,
    event_in_headline,
    parse_identifier,
)
from ..model import (
    Alert,
    Area,
    Certainty,
    Info,
    MsgType,
    NamedValue,
    Reference,
    Scope,
    Severity,
    Status,
    Urgency,
    require_file_time,
)
from ..report import Finding, finding
from ..safexml import LIMITS, Element, Limits, line_of, parse
from ..texts import Unreadable, read_circle, read_ring
from .form import DIVISION, EVENT_TYPE, UNKNOWN, Method, NationalForm

T = TypeVar("T")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d)\+08:00", re.ASCII)


def is_national(root: Element) -> bool:
    """Whether a parsed file is in the national form."""
    return root.tag == "alert" and root.find("info/eventType") is not None


def read(data: bytes, *, limits: Limits = LIMITS) -> NationalForm:
    """Read the national form; raises HostileXml, MalformedXml, NotCap or InvalidCap."""
    return read_tree(parse(data, limits=limits))


def read_tree(root: Element) -> NationalForm:
    if root.tag != "alert":
        raise NotCap(line=line_of(root), root=root.tag)
    info = root.find("info")
    if info is None:
        raise InvalidCap((finding("CN-FIELD", line=line_of(root), element="info"),))
    identifier = _need(root, "identifier", _identifier)
    alert = Alert(
        identifier=identifier,
        sender=_text(root, "senderCode") or parse_identifier(identifier)[0],
        sent=_need(root, "sendTime", _time),
        status=_need(root, "status", _one_of(Status)),
        msg_type=_need(root, "msgType", _one_of(MsgType)),
        scope=_need(root, "scope", _one_of(Scope)),
        source=_text(root, "sender"),
        note=_text(root, "note"),
        references=_may(root, "references", _references) or (),
        infos=(_read_info(info),),
    )
    return NationalForm(
        alert=alert,
        methods=tuple(_read_method(method) for method in root.findall("code/method")),
        classification=_text(root, "secClassification") or "None",
    )


def _read_info(info: Element) -> Info:
    event_type = _need(info, "eventType", _event_type_text)
    headline = _text(info, "headline")
    colour = _need(info, "severity", _colour_text)
    return Info(
        language=_text(info, "language"),
        categories=(category_of(event_type),),
        event=event_in_headline(headline or "") or event_type,
        urgency=_may(info, "urgency", _one_of(Urgency)) or Urgency.UNKNOWN,
        severity=Severity.UNKNOWN if colour is None else colour.severity,
        certainty=_may(info, "certainty", _one_of(Certainty)) or Certainty.UNKNOWN,
        event_codes=(NamedValue(EVENT_CODE, event_type),),
        effective=_may(info, "effective", _time),
        onset=_may(info, "onset", _time),
        expires=_may(info, "expires", _time),
        sender_name=_text(info, "senderName"),
        headline=headline,
        description=_text(info, "description"),
        instruction=_text(info, "instruction"),
        web=_text(info, "web"),
        parameters=() if colour is None else (NamedValue(COLOUR, colour.value),),
        areas=tuple(_read_area(area) for area in info.findall("area")),
    )


def _read_area(area: Element) -> Area:
    return Area(
        description=_text(area, "areaDesc") or "",
        polygons=tuple(_convert(ring, read_ring) for ring in area.findall("polygon") if ring.text),
        circles=tuple(_convert(circle, read_circle) for circle in area.findall("circle") if circle.text),
        geocodes=_may(area, "geocode", _divisions) or (),
    )


def _read_method(method: Element) -> Method:
    return Method(
        name=_text(method, "methodName") or "",
        message=_text(method, "message") or "",
        audience_group=_text(method, "audienceGrp") or "",
        audience=_text(method, "audenceprt") or "",
    )


def _text(parent: Element, name: str) -> str | None:
    """The text of a child; an empty element says as little as a missing one."""
    child = parent.find(name)
    return (child.text or None) if child is not None else None


def _need(parent: Element, name: str, convert: Callable[[str], T]) -> T:
    child = parent.find(name)
    if child is None or not (child.text or "").strip():
        line = line_of(parent if child is None else child)
        raise InvalidCap((finding("CN-FIELD", line=line, element=name),))
    return _convert(child, convert)


def _may(parent: Element, name: str, convert: Callable[[str], T]) -> T | None:
    child = parent.find(name)
    return None if child is None or not (child.text or "").strip() else _convert(child, convert)


def _convert(element: Element, convert: Callable[[str], T]) -> T:
    try:
        return convert((element.text or "").strip())
    except Unreadable as error:
        raise InvalidCap((_finding(element, error),)) from None


def _finding(element: Element, error: Unreadable) -> Finding:
    allowed = {
        "severity": Colour,
        "status": Status,
        "msgType": MsgType,
        "scope": Scope,
        "urgency": Urgency,
        "certainty": Certainty,
    }.get(str(element.tag), ())
    return finding(
        error.code,
        line=line_of(element),
        element=element.tag,
        value=error.value,
        allowed=", ".join(str(value) for value in allowed),
    )


def _one_of(kind: type[T]) -> Callable[[str], T]:
    def convert(text: str) -> T:
        try:
            return kind(text)  # type: ignore[call-arg]
        except ValueError:
            raise Unreadable("CN-VALUE", text) from None

    return convert


def _identifier(text: str) -> str:
    try:
        parse_identifier(text)
    except BadIdentifier:
        raise Unreadable("CN-IDENTIFIER", text) from None
    return text


def _time(text: str) -> datetime:
    found = _TIME.fullmatch(text)
    if not found:
        raise Unreadable("CN-TIME", text)
    try:
        moment = datetime.fromisoformat(f"{found.group(1)}T{found.group(2)}").replace(tzinfo=BEIJING)
        require_file_time(moment)
    except ValueError:
        raise Unreadable("CN-TIME", text) from None
    return moment


def _colour_text(text: str) -> Colour | None:
    """The colour; both `Red` and `RED` are seen in files."""
    if text == UNKNOWN:
        return None
    try:
        return Colour(text.capitalize())
    except ValueError:
        raise Unreadable("CN-VALUE", text) from None


def _event_type_text(text: str) -> str:
    if not EVENT_TYPE.fullmatch(text):
        raise Unreadable("CN-EVENT-TYPE", text)
    return text


def _divisions(text: str) -> tuple[NamedValue, ...]:
    codes = [code.strip() for code in text.split(",") if code.strip()]
    for code in codes:
        if not DIVISION.fullmatch(code):
            raise Unreadable("CN-GEOCODE", code)
    return tuple(NamedValue(GEOCODE, code) for code in codes)


def _references(text: str) -> tuple[Reference, ...]:
    return tuple(_reference(part.strip()) for part in text.split(",") if part.strip())


def _reference(identifier: str) -> Reference:
    """The national form names an earlier message by its identifier only; unit and time stand inside it."""
    unit, sent = parse_identifier(_identifier(identifier))
    return Reference(sender=unit, identifier=identifier, sent=sent)
