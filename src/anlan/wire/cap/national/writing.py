"""An Alert to the national form."""

from dataclasses import replace
from datetime import datetime

from lxml import etree

from ..errors import NotWritable
from ..mapping import (
    BEIJING,
    COLOUR,
    EVENT_CODE,
    GEOCODE,
    Colour,
    category_of,
    colour_named,
    colour_of,
    event_in_headline,
    parse_identifier,
)
from ..model import Alert, Area, Info, NamedValue, Reference, Severity
from ..report import finding
from ..safexml import Element
from ..texts import write_circle, write_ring
from ..writer import add
from .form import DIVISION, EVENT_TYPE, UNKNOWN, Method, NationalForm


def file_name(alert: Alert) -> str:
    """文件名 · `<identifier>_<eventType>_<COLOUR>_<msgType>.xml`."""
    parse_identifier(alert.identifier)
    info = _chinese(alert)
    return f"{alert.identifier}_{_event_type(info)}_{_colour(info).upper()}_{alert.msg_type}.xml"


def write(form: NationalForm) -> bytes:
    """Write the national form in UTF-8.

    Raises BadIdentifier or NotWritable when the alert lacks what the form needs (a Chinese info with a GB/T 35561
    code, 14-digit identifiers).
    """
    form = carried(form)
    alert, info = form.alert, form.alert.infos[0]
    root = etree.Element("alert")
    _put(root, "identifier", alert.identifier)
    _put(root, "sender", alert.source)
    _put(root, "senderCode", alert.sender)
    _put(root, "sendTime", _stamp(alert.sent))
    _put(root, "status", alert.status)
    _put(root, "msgType", alert.msg_type)
    _put(root, "scope", alert.scope)
    _write_methods(_put(root, "code"), form.methods)
    _put(root, "secClassification", form.classification)
    _put(root, "note", alert.note)
    _put(root, "references", ",".join(one.identifier for one in alert.references))
    _write_info(_put(root, "info"), info)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def carried(form: NationalForm) -> NationalForm:
    """What of the form survives in a national file: one Chinese info, one code, geocodes of one kind."""
    alert, info = form.alert, _chinese(form.alert)
    parse_identifier(alert.identifier)
    colour, code = _colour(info), _event_type(info)
    kept = Info(
        language=info.language or None,
        categories=(category_of(code),),
        event=event_in_headline(info.headline or "") or code,
        urgency=info.urgency,
        severity=Severity.UNKNOWN if colour == UNKNOWN else Colour(colour).severity,
        certainty=info.certainty,
        event_codes=(NamedValue(EVENT_CODE, code),),
        effective=info.effective,
        onset=info.onset,
        expires=info.expires,
        sender_name=info.sender_name or None,
        headline=info.headline or None,
        description=info.description or None,
        instruction=info.instruction or None,
        web=info.web or None,
        parameters=() if colour == UNKNOWN else (NamedValue(COLOUR, colour),),
        areas=tuple(_carried_area(area) for area in info.areas),
    )
    return replace(
        form,
        alert=replace(
            alert,
            sender=alert.sender or parse_identifier(alert.identifier)[0],
            source=alert.source or None,
            restriction=None,
            addresses=(),
            codes=(),
            note=alert.note or None,
            references=tuple(_reference_of(one) for one in alert.references),
            incidents=(),
            infos=(kept,),
        ),
        classification=form.classification or "None",
    )


def _reference_of(one: Reference) -> Reference:
    unit, sent = parse_identifier(one.identifier)
    return Reference(sender=unit, identifier=one.identifier, sent=sent)


def _carried_area(area: Area) -> Area:
    return Area(
        description=area.description,
        polygons=tuple(ring for ring in area.polygons if ring),
        circles=area.circles,
        geocodes=tuple(NamedValue(GEOCODE, code) for code in _division_codes(area)),
    )


def _division_codes(area: Area) -> list[str]:
    return [code.value for code in area.geocodes if code.name == GEOCODE and DIVISION.fullmatch(code.value)]


def _chinese(alert: Alert) -> Info:
    """The info that the national form shows: the first Chinese one, or the only one."""
    for info in alert.infos:
        if info.spoken_language.lower().startswith("zh"):
            return info
    if not alert.infos:
        raise NotWritable((finding("CN-FIELD", element="info"),))
    return alert.infos[0]


def _event_type(info: Info) -> str:
    for code in info.event_codes:
        if code.name.startswith(EVENT_CODE):
            if EVENT_TYPE.fullmatch(code.value):
                return code.value
            raise NotWritable((finding("CN-EVENT-TYPE", value=code.value),))
    raise NotWritable((finding("CN-FIELD", element="eventType"),))


def _colour(info: Info) -> str:
    """The colour parameter where it stands, otherwise by severity."""
    for parameter in info.parameters:
        if parameter.name == COLOUR and colour_named(parameter.value):
            return parameter.value
    colour = colour_of(info.severity)
    return UNKNOWN if colour is None else colour.value


def _stamp(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone(BEIJING).isoformat(" ", "seconds")


def _put(parent: Element, name: str, text: str | None = None) -> Element:
    return add(parent, name, str(text) if text else None, namespace="")


def _write_methods(code: Element, methods: tuple[Method, ...]) -> None:
    for method in methods:
        element = _put(code, "method")
        _put(element, "methodName", method.name)
        _put(element, "message", method.message)
        _put(element, "audienceGrp", method.audience_group)
        _put(element, "audenceprt", method.audience)


def _write_info(element: Element, info: Info) -> None:
    _put(element, "language", info.language)
    _put(element, "eventType", _event_type(info))
    _put(element, "urgency", info.urgency)
    _put(element, "severity", _colour(info))
    _put(element, "certainty", info.certainty)
    _put(element, "effective", _stamp(info.effective))
    _put(element, "onset", _stamp(info.onset))
    _put(element, "expires", _stamp(info.expires))
    _put(element, "senderName", info.sender_name)
    _put(element, "headline", info.headline)
    _put(element, "description", info.description)
    _put(element, "instruction", info.instruction)
    _put(element, "web", info.web)
    for area in info.areas:
        _write_area(_put(element, "area"), area)


def _write_area(element: Element, area: Area) -> None:
    _put(element, "areaDesc", area.description)
    for text in [write_ring(ring) for ring in area.polygons] or [""]:
        _put(element, "polygon", text)
    for text in [write_circle(circle) for circle in area.circles] or [""]:
        _put(element, "circle", text)
    _put(element, "geocode", ",".join(_division_codes(area)))
