"""Hostile files are refused by name, at once, before they do harm.

Times are of the processor, so that a busy machine fails no test.
"""

import time

import pytest

from anlan.wire.cap import errors, reader
from anlan.wire.cap.check import check
from anlan.wire.cap.safexml import LIMITS, Limits
from tests.wire.cap.cap_cases import text

GOOD = text()
HEAD, BODY = GOOD.split("\n", 1)
NS = 'xmlns="urn:oasis:names:tc:emergency:cap:1.2"'
MEBI = 1024 * 1024
WIDE = Limits(max_bytes=64 * MEBI)


def doctype(subset: str, body: str = BODY) -> bytes:
    return f"{HEAD}\n<!DOCTYPE alert [{subset}]>\n{body}".encode()


BOMB = '<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {name} "{f"&{inner};" * 10}">' for inner, name in zip("abcdefgh", "bcdefghi", strict=True)
)

HOSTILE = {
    "entity bomb": (doctype(BOMB, BODY.replace("暴雨", "&i;")), errors.DoctypeForbidden),
    "quadratic bomb": (
        doctype(f'<!ENTITY a "{"x" * 100_000}">', BODY.replace("暴雨", "&a;" * 1000)),
        errors.DoctypeForbidden,
    ),
    "external entity": (
        doctype('<!ENTITY x SYSTEM "file:///etc/passwd">', BODY.replace("暴雨", "&x;")),
        errors.DoctypeForbidden,
    ),
    "parameter entity": (
        doctype('<!ENTITY % x SYSTEM "http://192.0.2.1/x.dtd"> %x;'),
        errors.DoctypeForbidden,
    ),
    "external DTD": (
        f'{HEAD}\n<!DOCTYPE alert SYSTEM "http://192.0.2.1/x.dtd">\n{BODY}'.encode(),
        errors.DoctypeForbidden,
    ),
    "undefined entity": (GOOD.replace("暴雨", "&x;").encode(), errors.MalformedXml),
    "10 MB of nesting": (b"<a>" * (10 * MEBI // 3), errors.TooLarge),
    "nesting under the size limit": (b"<a>" * (MEBI // 3), errors.TooDeep),
    "nesting in CAP": (f"<alert {NS}>{'<info>' * 40}".encode(), errors.TooDeep),
    "huge attribute": (f'<alert {NS} a="{"x" * MEBI}"/>'.encode(), errors.TagTooLong),
    "huge attribute in single quotes": (f"<alert {NS} a='{'>' * MEBI}'/>".encode(), errors.TagTooLong),
    "huge element name": (b"<" + b"a" * MEBI + b"/>", errors.TagTooLong),
    "thousands of attributes": (
        ("<alert " + " ".join(f'a{i}="{i}"' for i in range(50_000)) + "/>").encode(),
        errors.TagTooLong,
    ),
    "thousands of elements": (b"<alert>" + b"<a/>" * 100_000 + b"</alert>", errors.TooMuchMarkup),
    "thousands of comments": (b"<!---->" * 100_000 + b"<alert/>", errors.TooMuchMarkup),
    "open comments": (b"<alert>" + b"<!--" * (MEBI // 4), errors.MalformedXml),
    "open CDATA": (b"<alert>" + b"<![CDATA[" * (MEBI // 9), errors.MalformedXml),
    "open quotes": (b'<a b="' * (MEBI // 6), errors.MalformedXml),
    "only openings": (b"<" * MEBI, errors.MalformedXml),
    "null byte": (GOOD.replace("暴雨", "暴\x00雨").encode(), errors.ControlCharacter),
    "null byte at the end": (GOOD.encode() + b"\x00", errors.ControlCharacter),
    "escape": (GOOD.replace("暴雨", "\x1b[31m").encode(), errors.ControlCharacter),
    "UTF-16 without mark": (BODY.encode("utf-16-le"), errors.ControlCharacter),
    "UTF-32": (BODY.encode("utf-32"), errors.ControlCharacter),
    "bytes that are not UTF-8": (GOOD.encode().replace("暴".encode(), b"\xb1\xa9"), errors.BadEncoding),
    "overlong UTF-8": (GOOD.encode().replace("暴".encode(), b"\xc0\xbc"), errors.BadEncoding),
    "lone surrogate": (GOOD.encode().replace("暴".encode(), b"\xed\xa0\x80"), errors.BadEncoding),
    "UTF-7": (GOOD.replace("UTF-8", "UTF-7").encode(), errors.BadEncoding),
    "EBCDIC": (GOOD.replace("UTF-8", "IBM037").encode(), errors.BadEncoding),
    "mark and declaration differ": (
        b"\xef\xbb\xbf" + GOOD.replace("UTF-8", "GBK").encode(),
        errors.BadEncoding,
    ),
    "truncated UTF-16": (b"\xff\xfe" + BODY.encode("utf-16-le")[:-1], errors.BadEncoding),
    "nothing": (b"", errors.MalformedXml),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), errors.BadEncoding),
}


def refused_as(data: bytes, limits: Limits = LIMITS) -> type[errors.CapError]:
    started = time.process_time()
    with pytest.raises(errors.CapError) as caught:
        reader.read(data, limits=limits)
    assert time.process_time() - started < 1
    report = check(data, limits=limits)
    assert report.exit_code == 2
    assert report.findings[0].code == caught.value.code
    return type(caught.value)


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_bytes_are_refused_by_name(name):
    data, error = HOSTILE[name]
    if error in (errors.BadEncoding, errors.ControlCharacter):
        assert refused_as(data) in (errors.BadEncoding, errors.ControlCharacter)
    else:
        assert refused_as(data) is error


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"<a>" * (10 * MEBI // 3), errors.TooDeep),
        (b"<a>" * 30 + b"<a/>" * (10 * MEBI // 4), errors.TooMuchMarkup),
        (b'<a b="' + b"x" * 10 * MEBI + b'"/>', errors.TagTooLong),
        (b"<!--" * (10 * MEBI // 4), errors.MalformedXml),
    ],
    ids=["depth", "tags", "attribute", "comments"],
)
def test_ten_megabytes_are_refused_fast_even_when_the_size_is_allowed(data, error):
    assert refused_as(data, WIDE) is error


def test_the_size_limit_is_a_setting():
    with pytest.raises(errors.TooLarge, match="more than the limit of 100"):
        reader.read(GOOD.encode(), limits=Limits(max_bytes=100))


def test_the_largest_file_of_text_alone_is_read_in_time():
    padded = GOOD.replace("仍在持续", "仍在持续" * 150_000)
    started = time.process_time()
    assert check(padded.encode()).exit_code == 0
    assert time.process_time() - started < 1


def test_many_long_polygons_are_checked_in_time():
    ring = " ".join(f"{30 + (i % 2) / 10 + i / 3000:.4f},{113 + i / 3000:.4f}" for i in range(1999))
    polygon = f"<polygon>{ring} {ring.split()[0]}</polygon>"
    start, end = GOOD.index("<polygon>"), GOOD.index("</polygon>") + len("</polygon>")
    started = time.process_time()
    report = check((GOOD[:start] + polygon * 60 + GOOD[end:]).encode())
    assert time.process_time() - started < 3
    assert report.readable


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "gb2312"])
def test_chinese_encodings_are_read(encoding):
    data = GOOD.replace("UTF-8", encoding).encode(encoding)
    assert reader.read(data) == reader.read(GOOD.encode())


def test_marks_and_utf16_are_read():
    want = reader.read(GOOD.encode())
    assert reader.read(b"\xef\xbb\xbf" + GOOD.encode()) == want
    assert reader.read(GOOD.replace("UTF-8", "UTF-16").encode("utf-16")) == want


def test_lines_stay_what_they_were_under_any_declaration():
    broken = GOOD.replace("Extreme", "Bad")
    plain = check(broken.encode()).findings
    assert check(broken.replace("UTF-8", "GBK").encode("gbk")).findings == plain
    assert check(broken.split("\n", 1)[1].encode()).findings[0].line == plain[0].line - 1


def test_a_doctype_inside_text_is_only_text():
    data = GOOD.replace("沿河人员", "<![CDATA[<!DOCTYPE x>]]>")
    assert reader.read(data.encode()).infos[0].instruction.startswith("<!DOCTYPE x>")


def test_errors_speak_both_languages_and_name_the_mend():
    with pytest.raises(errors.HostileXml) as caught:
        reader.read(HOSTILE["external entity"][0])
    assert "DTD" in caught.value.text("zh")
    assert "remove the <!DOCTYPE" in str(caught.value)
    assert caught.value.line == 2
