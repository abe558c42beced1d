"""The CAP 1.2 schema, and its complaints in plain words.

libxml2 would follow an `xsi:schemaLocation` of the file to wherever it points, so those attributes are taken off a
copy before validation.
"""

import copy
import re
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.resources import files
from threading import Lock
from typing import Any, cast

from lxml import etree

from .report import Finding, Level, finding, finding_with
from .safexml import Element, line_of

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
LOCATIONS = (f"{XSI}schemaLocation", f"{XSI}noNamespaceSchemaLocation")
REQUIRED = frozenset(
    {"identifier", "sender", "sent", "status", "msgType", "scope"}
    | {"category", "event", "urgency", "severity", "certainty"}
    | {"valueName", "value", "resourceDesc", "mimeType", "areaDesc"}
)
TIMES = frozenset({"sent", "effective", "onset", "expires"})

# lxml keeps the error log on the schema object; two threads of a web server must not mix their findings.
_LOCK = Lock()

_ELEMENT = re.compile(r"Element '(?:\{[^}]*\})?([^']*)'")
_EXPECTED = re.compile(r"Expected is (?:one of )?\( (.*) \)")
_VALUE = re.compile(r"The value '(.*?)' is not (?:an element of the set|accepted|a valid)", re.DOTALL)
_BARE_VALUE = re.compile(
    r"': '(.*)' is not a valid value of the (?:local )?(?:atomic|list|union) type(?: '([^']*)')?", re.DOTALL
)
_ALLOWED = re.compile(r"the set \{(.*)\}", re.DOTALL)
_ATTRIBUTE = re.compile(r"attribute '([^']*)'")


def violations(root: Element) -> tuple[Finding, ...]:
    """What in the tree breaks the CAP 1.2 schema, one finding an element, in file order."""
    clean, warnings = _without_locations(root)
    with _LOCK:
        schema = _schema()
        valid = schema.validate(clean)
        log: tuple[Any, ...] = () if valid else tuple(cast("Iterable[Any]", schema.error_log))
    return (*warnings, *_translate(log))


@cache
def _schema() -> etree.XMLSchema:
    text = files(__package__).joinpath("cap12.xsd").read_bytes()
    return etree.XMLSchema(etree.fromstring(text))


def _without_locations(root: Element) -> tuple[Element, list[Finding]]:
    pointing = [element for element in root.iter() if any(name in element.attrib for name in LOCATIONS)]
    if not pointing:
        return root, []
    clean = copy.deepcopy(root)
    for element in clean.iter():
        for name in LOCATIONS:
            if name in element.attrib:
                del element.attrib[name]
    return clean, [
        finding("CAP-SCHEMA-LOCATION", level=Level.WARNING, line=line_of(element)) for element in pointing
    ]


def _translate(log: tuple[Any, ...]) -> Iterator[Finding]:
    """One finding an element and kind: some libxml2 say a wrong value twice, by its facet and by its type."""
    said: set[tuple[int, str, str]] = set()
    for entry in log:
        found = _ELEMENT.search(entry.message)
        element = found.group(1) if found else "?"
        code, facts = _classify(entry.type_name, element, entry.message)
        key = (entry.line, entry.path or entry.message, code)
        if key not in said:
            said.add(key)
            yield finding_with({**facts, "element": element}, code=code, line=entry.line, column=entry.column)


def _classify(kind: str, element: str, message: str) -> tuple[str, dict[str, str]]:
    expected = _EXPECTED.search(message)
    names = _local_names(expected.group(1)) if expected else ""
    if "Missing child element" in message:
        return "XSD-MISSING", {"expected": names}
    if "This element is not expected" in message:
        if needed := [name for name in names.split(", ") if name in REQUIRED]:
            return "XSD-MISSING-BEFORE", {"expected": ", ".join(needed)}
        return ("XSD-ORDER", {"expected": names}) if names else ("XSD-UNEXPECTED", {})
    if attribute := _ATTRIBUTE.search(message):
        return "XSD-ATTRIBUTE", {"attribute": attribute.group(1)}
    if "Character content" in message:
        return "XSD-TEXT", {}
    if "Element content is not allowed" in message:
        return "XSD-CHILDREN", {}
    if (value := _value(message)) is not None:
        return _classify_value(kind, element, value, message)
    return "XSD-OTHER", {"reason": message}


def _classify_value(kind: str, element: str, value: str, message: str) -> tuple[str, dict[str, str]]:
    if element in TIMES:
        return "XSD-TIME", {"value": value}
    if allowed := _ALLOWED.search(message):
        return "XSD-VALUE", {"value": value, "allowed": allowed.group(1).replace("'", "")}
    typed = _BARE_VALUE.search(message)
    return "XSD-TYPE", {"value": value, "type": (typed and typed.group(2)) or kind}


def _value(message: str) -> str | None:
    for pattern in (_VALUE, _BARE_VALUE):
        if found := pattern.search(message):
            return found.group(1)
    return None


def _local_names(expected: str) -> str:
    """The names without namespaces; the wildcard for signatures is no help to a writer."""
    names = [re.sub(r"\{[^}]*\}", "", name).strip() for name in expected.split(",")]
    return ", ".join(name for name in names if name != "*")
