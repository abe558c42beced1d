"""Bytes to an XML tree, hostile bytes refused first.

Alerts come from strangers. What is no alert is refused before libxml2 sees it: size, encoding, control characters,
DTD, depth, number and length of tags. The text is decoded here and handed on as UTF-8, so that one encoding path
exists and no second parser can read other characters than we did.
"""

import codecs
import re
from dataclasses import dataclass

from lxml import etree

from .errors import (
    BadEncoding,
    ControlCharacter,
    DoctypeForbidden,
    MalformedXml,
    TagTooLong,
    TooDeep,
    TooLarge,
    TooMuchMarkup,
)

Element = etree._Element

# What CAP files were seen in, and what Chinese systems write. Stateless codecs only: UTF-7 and the like are how
# filters are evaded.
ENCODINGS = {
    "utf-8": "utf-8",
    "us-ascii": "ascii",
    "iso-8859-1": "latin-1",
    "windows-1252": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
}

_DECLARATION = re.compile(r"<\?xml\s[^<>]*?\?>")
_DECLARED = re.compile(r"""\bencoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_TAG = re.compile(r"""<(/?)[^<>"'/](?:[^<>"']|"[^"<]*"|'[^'<]*')*+>""")


@dataclass(frozen=True)
class Limits:
    """How much an alert may be. The widest real alerts need a small part of this."""

    max_bytes: int = 2 * 1024 * 1024
    max_depth: int = 32
    max_tags: int = 50_000
    max_tag_chars: int = 16_384


LIMITS = Limits()


def parse(data: bytes, *, limits: Limits = LIMITS) -> Element:
    """The root element of a file.

    Raises HostileXml when the bytes are refused unparsed, MalformedXml when they are not XML. Comments and
    processing instructions are dropped: a comment inside an identifier must not split what is read from what is
    signed.
    """
    text = decode(data, limits=limits)
    scanned = _scan(text, limits)
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8"), parser)
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise MalformedXml(line=line or None, column=column or None, reason=error.msg) from None
    if not scanned:
        # libxml2 accepted what the scan could not follow: the limits were not proved, so it is not read.
        raise MalformedXml(line=1, reason="tags could not be followed")
    return root


def line_of(element: Element) -> int | None:
    """The line of an element in its file, counted from 1; None for an element that was built, not read."""
    line: object = element.sourceline
    return line if isinstance(line, int) else None


def decode(data: bytes, *, limits: Limits = LIMITS) -> str:
    """The text of a file, its XML declaration blanked so that lines and columns stay what they were."""
    if len(data) > limits.max_bytes:
        raise TooLarge(size=len(data), limit=limits.max_bytes)
    text = _to_text(data)
    if bad := _FORBIDDEN.search(text):
        line, column = _position(text, bad.start())
        raise ControlCharacter(line=line, column=column, character=f"U+{ord(bad.group()):04X}")
    return undeclared(text)


def undeclared(text: str) -> str:
    """A file's text with its XML declaration blanked: what it says of bytes does not hold for text that was pasted or sent as JSON."""
    text = text.removeprefix("\ufeff")
    declared = _DECLARATION.match(text)
    return re.sub(r"[^\r\n]", " ", declared.group()) + text[declared.end() :] if declared else text


def _to_text(data: bytes) -> str:
    codec, data, declared = _codec_of(data)
    try:
        return data.decode(codec)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BadEncoding(line=line, declared=declared) from None


def _codec_of(data: bytes) -> tuple[str, bytes, str]:
    """Codec, bytes without their mark, and the name that the file claims."""
    for mark, codec in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if data.startswith(mark):
            return codec, data[len(mark) :], "UTF-16"
    marked = data.startswith(codecs.BOM_UTF8)
    data = data.removeprefix(codecs.BOM_UTF8)
    head = _DECLARATION.match(data[:400].decode("latin-1"))
    found = _DECLARED.search(head.group()) if head else None
    declared = found.group(1) if found else "UTF-8"
    codec = ENCODINGS.get(declared.lower(), "")
    if not codec or (marked and codec != "utf-8"):
        raise BadEncoding(line=1, declared=declared)
    return codec, data, declared


def _position(text: str, offset: int) -> tuple[int, int]:
    before = text[:offset]
    return before.count("\n") + 1, offset - before.rfind("\n")


def _scan(text: str, limits: Limits) -> bool:
    """Walk the markup in one pass, without building anything; False when it cannot be followed to the end.

    Cost is bounded: at most `max_tags` steps, each character looked at once.
    """
    depth = position = 0
    for _ in range(limits.max_tags):
        position = text.find("<", position)
        if position < 0:
            return True
        if text.startswith("<!", position) or text.startswith("<?", position):
            position = _skip_special(text, position)
            if position < 0:
                return False
            continue
        tag = _TAG.match(text, position, position + limits.max_tag_chars)
        if tag is None:
            _refuse_long(text, position, limits)
            return False
        if tag.group(1):
            depth -= 1
        elif not tag.group().endswith("/>"):
            depth += 1
            if depth > limits.max_depth:
                raise TooDeep(line=_position(text, position)[0], limit=limits.max_depth)
        position = tag.end()
    if text.find("<", position) < 0:
        return True
    raise TooMuchMarkup(line=_position(text, position)[0], limit=limits.max_tags)


def _skip_special(text: str, position: int) -> int:
    """The end of a comment, CDATA section or processing instruction; -1 when it has none."""
    for opening, closing in (("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")):
        if text.startswith(opening, position):
            end = text.find(closing, position + len(opening))
            return end + len(closing) if end >= 0 else -1
    line, column = _position(text, position)
    raise DoctypeForbidden(line=line, column=column)


def _refuse_long(text: str, position: int, limits: Limits) -> None:
    """A tag that does not end within the limit is hostile; one that ends badly is left for the parser to name."""
    room = text[position : position + limits.max_tag_chars]
    if len(room) == limits.max_tag_chars and "<" not in room[1:]:
        line, column = _position(text, position)
        raise TagTooLong(line=line, column=column, limit=limits.max_tag_chars)
