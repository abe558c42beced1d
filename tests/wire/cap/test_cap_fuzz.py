"""Mutated files never crash anything: only reports and named errors.

2,000 files in the normal suite; ANLAN_FUZZ_CAP sets another number, for example 100000.
"""

import os
import random

from anlan.wire.cap import reader, signature, writer
from anlan.wire.cap.check import check
from anlan.wire.cap.errors import CapError
from anlan.wire.cap.model import MsgType
from anlan.wire.cap.national import reading, writing
from anlan.wire.cap.national.form import Method, NationalForm
from anlan.wire.cap.report import render
from tests.wire.cap.cap_cases import NIGHT, alert, text

ROUNDS = int(os.environ.get("ANLAN_FUZZ_CAP", "2000"))
SEED = 20210812
IDENTITY = signature.make_identity("fuzz", NIGHT)
SEEDS = [
    text().encode(),
    text(exercise="柳林复盘", msg_type=MsgType.UPDATE, references=(alert(serial=1).reference,)).encode(),
    signature.sign(text().encode(), IDENTITY.key, IDENTITY.certificate),
    writing.write(NationalForm(alert(), methods=(Method("SMS", "合成数据"),))),
]
TOKENS = [
    *(b"<", b">", b"&", b"'", b'"', b"<!--", b"-->", b"<![CDATA[", b"]]>", b"<?x?>", b"<!DOCTYPE a>", b"&x;"),
    *(
        b"&#0;",
        b"&#x10FFFF;",
        b"\x00",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"\xed\xa0\x80",
        "暴雨".encode(),
        b"{x}",
    ),
    *(b"<info>", b"</info>", b"<area/>", b"<polygon>", b"<polygon/>", b"<circle>0,0 1e400</circle>"),
    *(
        b"nan,nan",
        b"1e400,0",
        b"-0,-0",
        b"91,181",
        b"9" * 400,
        b"-",
        b"24:00:00",
        b"-00:00",
        b"+15:00",
        b"0000-00-00",
    ),
    *(b"<references>a,b,c</references>", b"<size>" + b"9" * 5000 + b"</size>", b"<altitude>1e5</altitude>"),
    *(b' xmlns=""', b' xsi:nil="true"', b"<ds:Signature/>", b' URI="#x"', b"<sent/>", b"<expires/>"),
]


def mutate(chance: random.Random, data: bytes) -> bytes:
    """One to four small injuries."""
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(INJURIES)(chance, data)
    return data


def flip(chance: random.Random, data: bytes) -> bytes:
    if not data:
        return data
    where = chance.randrange(len(data))
    return data[:where] + bytes([chance.randrange(256)]) + data[where + 1 :]


def cut(chance: random.Random, data: bytes) -> bytes:
    start = chance.randrange(len(data) + 1)
    return data[:start] + data[start + chance.randint(1, 60) :]


def truncate(chance: random.Random, data: bytes) -> bytes:
    return data[: chance.randrange(len(data) + 1)] if chance.random() < 0.2 else data


def insert(chance: random.Random, data: bytes) -> bytes:
    where = chance.randrange(len(data) + 1)
    return data[:where] + chance.choice(TOKENS) + data[where:]


def copy_part(chance: random.Random, data: bytes) -> bytes:
    start, where = chance.randrange(len(data) + 1), chance.randrange(len(data) + 1)
    return data[:where] + data[start : start + chance.randint(1, 300)] * chance.randint(1, 3) + data[where:]


def change_element(chance: random.Random, data: bytes) -> bytes:
    """Put a token in place of an element's text, which keeps the file well-formed and goes deepest."""
    ends = [i for i in range(len(data) - 1) if data[i : i + 1] == b">" and data[i + 1 : i + 2] not in b"\n<"]
    if not ends:
        return data
    start = chance.choice(ends) + 1
    end = data.find(b"<", start)
    return data[:start] + chance.choice(TOKENS) + data[end:]


def drop_or_swap_lines(chance: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    first, second = chance.randrange(len(lines)), chance.randrange(len(lines))
    if chance.random() < 0.5:
        del lines[first]
    else:
        lines[first], lines[second] = lines[second], lines[first]
    return b"\n".join(lines)


INJURIES = [flip, cut, truncate, insert, copy_part, change_element, change_element, drop_or_swap_lines]


def outcome(job, *args) -> str:
    """The name of a CapError, or `ok`; anything else is a crash and fails the test."""
    try:
        job(*args)
    except CapError as error:
        spoken = error.text("zh"), error.text("en")
        name = type(error).__name__
    else:
        return "ok"
    assert all(spoken)
    return name


def again(data: bytes) -> None:
    """What was read can be written, or is refused by name, and then reads the same."""
    one = reader.read(data)
    assert reader.read(writer.write(one)) == one


def national_again(data: bytes) -> None:
    form = reading.read(data)
    assert reading.read(writing.write(form)) == form


def test_mutated_files_end_in_reports_and_named_errors():
    chance = random.Random(SEED)
    seen: dict[str, int] = {}
    for number in range(ROUNDS):
        data = mutate(chance, SEEDS[number % len(SEEDS)])
        report = check(data)
        assert render(report, "zh")
        assert render(report, "en")
        for job in (again, national_again):
            seen_now = outcome(job, data)
            seen[seen_now] = seen.get(seen_now, 0) + 1
        if number % len(SEEDS) == 2:
            verdict = outcome(signature.verify, data, IDENTITY.certificate)
            if verdict == "ok":
                assert signature.verify(data, IDENTITY.certificate).alert == alert()
    # The fuzz reaches deep only if some files stay readable and many kinds of refusal are met.
    assert seen["ok"] > ROUNDS // 20
    assert {"MalformedXml", "InvalidCap", "NotCap", "BadEncoding", "ControlCharacter"} <= set(seen)
