"""CAP 1.2 bytes to an Alert."""

from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from .errors import InvalidCap, NotCap
from .model import (
    NAMESPACE,
    Alert,
    Area,
    Category,
    Certainty,
    Info,
    MsgType,
    NamedValue,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from .report import Finding, Level, finding
from .safexml import LIMITS, Element, Limits, line_of, parse
from .schema import TIMES, violations
from .texts import Unreadable, read_circle, read_list, read_references, read_ring, read_time, write_time

T = TypeVar("T")
ROOT = f"{{{NAMESPACE}}}alert"
OLDER = ("urn:oasis:names:tc:emergency:cap:1.1", "")
"""Namespaces whose alert has the elements of CAP 1.2."""
MAX_DIGITS = 18


def read(data: bytes, *, limits: Limits = LIMITS) -> Alert:
    """Read a CAP 1.2 file.

    Raises HostileXml, MalformedXml or NotCap when it is no alert, InvalidCap (with findings) when it breaks the
    schema or holds a value that nobody can read. A signature is not looked at: use `verify` for that.
    """
    return read_tree(parse(data, limits=limits))


def read_tree(root: Element) -> Alert:
    """Read a parsed alert; the tree is mended on the way."""
    root, _ = alert_in(root)
    for element in root.iter(*(f"{{{NAMESPACE}}}{name}" for name in TIMES)):
        with suppress(Unreadable):
            element.text = write_time(read_time(element.text or ""))
    errors = tuple(found for found in violations(root) if found.level is Level.ERROR)
    if errors:
        raise InvalidCap(errors)
    return _alert(root)


def alert_in(root: Element) -> tuple[Element, tuple[Finding, ...]]:
    """The alert of CAP 1.2: the root, or the only one in a feed; one of CAP 1.1 or without its namespace is made 1.2, and told.

    Raises: NotCap when there is none, or several.
    """
    if root.tag == ROOT:
        return root, ()
    alerts = [
        each for space in (NAMESPACE, *OLDER) for each in root.iter(f"{{{space}}}alert" if space else "alert")
    ]
    space = str(alerts[0].tag).rpartition("alert")[0] if alerts else ""
    if len(alerts) != 1 or alerts[0].find(f"{space}sent") is None:
        raise NotCap(line=line_of(root), root=root.tag)
    said = finding("CAP-READ-AS", level=Level.WARNING, line=line_of(root), root=root.tag)
    for element in alerts[0].iter(f"{space}*" if space else "{}*"):
        element.tag = f"{{{NAMESPACE}}}{str(element.tag).rpartition('}')[2]}"
    return alerts[0], (said,)


def children(parent: Element, name: str) -> list[Element]:
    """The CAP children of that name, in file order."""
    return parent.findall(f"{{{NAMESPACE}}}{name}")


def text_of(parent: Element, name: str) -> str | None:
    """The text of a child, None when there is no such child."""
    child = parent.find(f"{{{NAMESPACE}}}{name}")
    return None if child is None else child.text or ""


def unreadable(element: Element, error: Unreadable) -> Finding:
    """A notation error as a finding at its element."""
    name = str(element.tag).rpartition("}")[2]
    return finding(error.code, line=line_of(element), element=name, value=error.value)


def _convert(element: Element, convert: Callable[[str], T]) -> T:
    try:
        return convert(element.text or "")
    except Unreadable as error:
        raise InvalidCap((unreadable(element, error),)) from None


def _optional(parent: Element, name: str, convert: Callable[[str], T]) -> T | None:
    found = children(parent, name)
    return _convert(found[0], convert) if found else None


def _required(parent: Element, name: str, convert: Callable[[str], T]) -> T:
    return _convert(children(parent, name)[0], convert)


def _each(parent: Element, name: str, convert: Callable[[str], T]) -> tuple[T, ...]:
    return tuple(_convert(child, convert) for child in children(parent, name))


def _pairs(parent: Element, name: str) -> tuple[NamedValue, ...]:
    return tuple(
        NamedValue(name=_required(pair, "valueName", str), value=_required(pair, "value", str))
        for pair in children(parent, name)
    )


def _alert(root: Element) -> Alert:
    return Alert(
        identifier=_required(root, "identifier", str),
        sender=_required(root, "sender", str),
        sent=_required(root, "sent", read_time),
        status=_required(root, "status", Status),
        msg_type=_required(root, "msgType", MsgType),
        scope=_required(root, "scope", Scope),
        source=text_of(root, "source"),
        restriction=text_of(root, "restriction"),
        addresses=_optional(root, "addresses", read_list) or (),
        codes=_each(root, "code", str),
        note=text_of(root, "note"),
        references=_optional(root, "references", read_references) or (),
        incidents=_optional(root, "incidents", read_list) or (),
        infos=tuple(_info(info) for info in children(root, "info")),
    )


def _info(info: Element) -> Info:
    return Info(
        language=_optional(info, "language", _token),
        categories=_each(info, "category", Category),
        event=_required(info, "event", str),
        response_types=_each(info, "responseType", ResponseType),
        urgency=_required(info, "urgency", Urgency),
        severity=_required(info, "severity", Severity),
        certainty=_required(info, "certainty", Certainty),
        audience=text_of(info, "audience"),
        event_codes=_pairs(info, "eventCode"),
        effective=_time(info, "effective"),
        onset=_time(info, "onset"),
        expires=_time(info, "expires"),
        sender_name=text_of(info, "senderName"),
        headline=text_of(info, "headline"),
        description=text_of(info, "description"),
        instruction=text_of(info, "instruction"),
        web=text_of(info, "web"),
        contact=text_of(info, "contact"),
        parameters=_pairs(info, "parameter"),
        resources=tuple(_resource(resource) for resource in children(info, "resource")),
        areas=tuple(_area(area) for area in children(info, "area")),
    )


def _time(info: Element, name: str) -> datetime | None:
    return _optional(info, name, read_time)


def _resource(resource: Element) -> Resource:
    return Resource(
        description=_required(resource, "resourceDesc", str),
        mime_type=_required(resource, "mimeType", str),
        size=_optional(resource, "size", _integer),
        uri=text_of(resource, "uri"),
        deref_uri=text_of(resource, "derefUri"),
        digest=text_of(resource, "digest"),
    )


def _area(area: Element) -> Area:
    return Area(
        description=_required(area, "areaDesc", str),
        polygons=_each(area, "polygon", read_ring),
        circles=_each(area, "circle", read_circle),
        geocodes=_pairs(area, "geocode"),
        altitude=_optional(area, "altitude", _decimal),
        ceiling=_optional(area, "ceiling", _decimal),
    )


def _token(text: str) -> str:
    return text.strip(" \t\r\n")


def _integer(text: str) -> int:
    if len(text.strip()) > MAX_DIGITS:
        raise Unreadable("XSD-TYPE", text)
    return int(text)


def _decimal(text: str) -> Decimal:
    return Decimal(text.strip())
