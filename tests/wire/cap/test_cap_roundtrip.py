"""What is written is valid, and what is read is what was written."""

from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from lxml import etree

from anlan.wire.cap import reader, writer
from anlan.wire.cap.errors import BadTime, InvalidCap, NotCap, NotWritable
from anlan.wire.cap.model import Area, Circle, MsgType, Point, Reference
from tests.wire.cap.cap_cases import NIGHT, RING, alert, alerts, text

SCHEMA = etree.XMLSchema(etree.fromstring(files("anlan.wire.cap").joinpath("cap12.xsd").read_bytes()))
slow_data = settings(max_examples=100, suppress_health_check=list(HealthCheck), deadline=None)


@slow_data
@given(alerts)
def test_any_alert_is_written_valid_and_read_back_the_same(one):
    data = writer.write(one)
    SCHEMA.assertValid(etree.fromstring(data))
    again = reader.read(data)
    assert again == one
    assert writer.write(again) == data


@slow_data
@given(alerts)
def test_offsets_come_back_as_they_were_sent(one):
    again = reader.read(writer.write(one))
    assert again.sent.utcoffset() == one.sent.utcoffset()


def test_the_file_has_latitude_first_and_the_model_longitude_first():
    data = text()
    assert "<polygon>31.8,113.0 31.8,113.3 32.0,113.3 31.8,113.0</polygon>" in data
    assert reader.read(data.encode()).infos[0].areas[0].polygons == (RING,)


def test_small_numbers_are_written_without_exponent():
    tiny = Area("x", circles=(Circle(Point(1e-7, 2e-9), 1e16),))
    data = writer.write(alert(areas=(tiny,)))
    assert b"<circle>0.000000002,0.0000001 10000000000000000</circle>" in data
    assert reader.read(data).infos[0].areas == (tiny,)


def test_utc_is_written_as_the_standard_wants_it():
    one = replace(alert(), sent=datetime(2021, 8, 11, 19, 5, tzinfo=UTC))
    assert b"<sent>2021-08-11T19:05:00-00:00</sent>" in writer.write(one)


def test_an_update_names_its_alert_by_sender_identifier_and_time():
    first = alert()
    update = alert(msg_type=MsgType.UPDATE, references=(first.reference,), serial=1)
    assert (
        b"<references>42130041600000,42130041600000_20210812030500,2021-08-12T03:05:00+08:00</references>"
        in writer.write(update)
    )


@pytest.mark.parametrize(
    "moment", [NIGHT.replace(tzinfo=None), NIGHT.replace(microsecond=1), NIGHT.replace(year=1)]
)
def test_a_time_that_no_file_can_hold_is_refused_at_once(moment):
    with pytest.raises(BadTime, match="aware time in whole seconds"):
        replace(alert(), sent=moment)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"note": "bell \x07"}, "XSD-TYPE"),
        ({"addresses": ('say "hello"',)}, "CAP-LIST-FORM"),
        ({"references": (Reference("a b", "c", NIGHT),)}, "CAP-REFERENCES-FORM"),
        ({"infos": (replace(alert().infos[0], categories=()),)}, "XSD-MISSING-BEFORE"),
        ({"infos": (replace(alert().infos[0], language="中文"),)}, "XSD-TYPE"),
    ],
)
def test_what_cannot_stand_in_a_file_is_not_written(changes, code):
    with pytest.raises(NotWritable) as caught:
        writer.write(replace(alert(), **changes))
    assert caught.value.findings[0].code == code


def test_a_comment_does_not_split_what_is_read():
    data = text().replace("42130041600000_2021", "42130041600000<!-- x -->_2021")
    assert reader.read(data.encode()).identifier == "42130041600000_20210812030500"


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("<scope>Public</scope>", "", "XSD-MISSING-BEFORE"),
        ("31.8,113.0 31.8,113.3", "31.8,113.0 31.8;113.3", "CAP-POLYGON-FORM"),
        ("31.8,113.0 31.8,113.3", "113.0,31.8 31.8,113.3", "CAP-COORDINATE-RANGE"),
        ("2021-08-12T03:05:00+08:00", "2021-08-12T24:00:00+08:00", "XSD-TIME"),
        ("2021-08-12T03:05:00+08:00", "0021-08-12T03:05:00+08:00", "XSD-TIME"),
    ],
)
def test_a_broken_alert_is_not_read_and_says_the_line(old, new, code):
    data = text()
    assert old in data
    with pytest.raises(InvalidCap) as caught:
        reader.read(data.replace(old, new).encode())
    assert caught.value.findings[0].code == code
    assert caught.value.line


@pytest.mark.parametrize(
    "root", ["<rss/>", '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.1"/>', "<alert/>"]
)
def test_other_documents_are_named_as_such(root):
    with pytest.raises(NotCap, match="root element"):
        reader.read(root.encode())
