"""An Alert to CAP 1.2 bytes, valid by the schema or not written at all."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from lxml import etree

from .errors import NotWritable
from .model import NAMESPACE, Alert, Area, Info, NamedValue, Resource
from .report import Level, finding
from .safexml import Element
from .schema import violations
from .texts import (
    Unreadable,
    write_circle,
    write_list,
    write_references,
    write_ring,
    write_time,
)

T = TypeVar("T")


def write(alert: Alert) -> bytes:
    """Write an alert as CAP 1.2 in UTF-8, one element a line.

    Raises NotWritable when a value cannot stand in a file or the result would break the schema.
    """
    root = build(alert)
    errors = tuple(found for found in violations(root) if found.level is Level.ERROR)
    if errors:
        raise NotWritable(errors)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def build(alert: Alert) -> Element:
    """The alert as a tree, not yet validated."""
    root = etree.fromstring(f'<alert xmlns="{NAMESPACE}"/>')
    _put(root, "identifier", alert.identifier, str)
    _put(root, "sender", alert.sender, str)
    _put(root, "sent", alert.sent, write_time)
    _put(root, "status", alert.status, str)
    _put(root, "msgType", alert.msg_type, str)
    _put(root, "source", alert.source, str)
    _put(root, "scope", alert.scope, str)
    _put(root, "restriction", alert.restriction, str)
    _put(root, "addresses", alert.addresses or None, write_list)
    _put_each(root, "code", alert.codes, str)
    _put(root, "note", alert.note, str)
    _put(root, "references", alert.references or None, write_references)
    _put(root, "incidents", alert.incidents or None, write_list)
    for info in alert.infos:
        _info(root, info)
    return root


def add(parent: Element, name: str, text: str | None = None, *, namespace: str = NAMESPACE) -> Element:
    """Append a child; raises NotWritable when XML cannot carry the text."""
    child = etree.SubElement(parent, f"{{{namespace}}}{name}" if namespace else name)
    try:
        child.text = text
    except ValueError:
        raise NotWritable(
            (finding("XSD-TYPE", element=name, value=text, type="XML text (control character)"),)
        ) from None
    return child


def _put(parent: Element, name: str, value: T | None, write_as: Callable[[T], str]) -> None:
    if value is None:
        return
    try:
        text = write_as(value)
    except Unreadable as error:
        raise NotWritable((finding(error.code, element=name, value=error.value),)) from None
    add(parent, name, text)


def _put_each(parent: Element, name: str, values: tuple[T, ...], write_as: Callable[[T], str]) -> None:
    for value in values:
        _put(parent, name, value, write_as)


def _put_pairs(parent: Element, name: str, pairs: tuple[NamedValue, ...]) -> None:
    for pair in pairs:
        element = add(parent, name)
        add(element, "valueName", pair.name)
        add(element, "value", pair.value)


def _info(root: Element, info: Info) -> None:
    element = add(root, "info")
    _put(element, "language", info.language, str)
    _put_each(element, "category", info.categories, str)
    _put(element, "event", info.event, str)
    _put_each(element, "responseType", info.response_types, str)
    _put(element, "urgency", info.urgency, str)
    _put(element, "severity", info.severity, str)
    _put(element, "certainty", info.certainty, str)
    _put(element, "audience", info.audience, str)
    _put_pairs(element, "eventCode", info.event_codes)
    _put_times(element, {"effective": info.effective, "onset": info.onset, "expires": info.expires})
    _put(element, "senderName", info.sender_name, str)
    _put(element, "headline", info.headline, str)
    _put(element, "description", info.description, str)
    _put(element, "instruction", info.instruction, str)
    _put(element, "web", info.web, str)
    _put(element, "contact", info.contact, str)
    _put_pairs(element, "parameter", info.parameters)
    for resource in info.resources:
        _resource(element, resource)
    for area in info.areas:
        _area(element, area)


def _put_times(parent: Element, times: dict[str, datetime | None]) -> None:
    for name, moment in times.items():
        _put(parent, name, moment, write_time)


def _resource(info: Element, resource: Resource) -> None:
    element = add(info, "resource")
    _put(element, "resourceDesc", resource.description, str)
    _put(element, "mimeType", resource.mime_type, str)
    _put(element, "size", resource.size, str)
    _put(element, "uri", resource.uri, str)
    _put(element, "derefUri", resource.deref_uri, str)
    _put(element, "digest", resource.digest, str)


def _area(info: Element, area: Area) -> None:
    element = add(info, "area")
    _put(element, "areaDesc", area.description, str)
    _put_each(element, "polygon", area.polygons, write_ring)
    _put_each(element, "circle", area.circles, write_circle)
    _put_pairs(element, "geocode", area.geocodes)
    _put(element, "altitude", area.altitude, _decimal)
    _put(element, "ceiling", area.ceiling, _decimal)


def _decimal(value: Decimal) -> str:
    return format(value, "f")
