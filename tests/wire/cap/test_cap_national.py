"""The national (12379) form over the same model."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.wire.cap.check import check
from anlan.wire.cap.errors import BadIdentifier, CapError, InvalidCap, NotWritable
from anlan.wire.cap.mapping import EVENT_CODE, identifier
from anlan.wire.cap.model import MsgType, NamedValue, Severity
from anlan.wire.cap.national.form import Method, NationalForm
from anlan.wire.cap.national.reading import read
from anlan.wire.cap.national.writing import carried, file_name, write
from tests.wire.cap.cap_cases import NIGHT, alert, alerts, tokens, words

slow_data = settings(max_examples=60, suppress_health_check=list(HealthCheck), deadline=None)

units = st.from_regex(r"[0-9]{14}", fullmatch=True)
idents = st.builds(lambda unit: identifier(unit=unit, sent=NIGHT, serial=3), units)
methods = st.builds(Method, name=tokens, message=words, audience_group=words, audience=words)


@st.composite
def forms(draw):
    """Any alert that has what the national form asks for."""
    one = draw(alerts.filter(lambda made: made.infos))
    coded = tuple(
        replace(info, event_codes=(NamedValue(f"{EVENT_CODE}-2017", "11B03"), *info.event_codes))
        for info in one.infos
    )
    references = tuple(replace(ref, identifier=draw(idents)) for ref in one.references)
    one = replace(one, identifier=draw(idents), infos=coded, references=references)
    return NationalForm(one, methods=tuple(draw(st.lists(methods, max_size=2))), classification=draw(words))


@slow_data
@given(forms())
def test_what_comes_back_is_exactly_what_the_form_can_carry(form):
    assert read(write(form)) == carried(form)


@slow_data
@given(forms())
def test_writing_what_was_read_gives_the_same_bytes(form):
    data = write(form)
    assert write(read(data)) == data


def test_a_public_warning_keeps_everything_that_matters():
    one = alert(msg_type=MsgType.UPDATE, references=(alert(serial=1).reference,))
    back = read(write(NationalForm(one))).alert
    first, second = one.infos[0], back.infos[0]
    assert (back.identifier, back.sender, back.sent, back.references) == (
        one.identifier,
        one.sender,
        one.sent,
        one.references,
    )
    assert (second.event, second.severity, second.headline, second.areas) == (
        first.event,
        first.severity,
        first.headline,
        first.areas,
    )


def test_the_file_looks_like_the_samples():
    data = write(NationalForm(alert(), methods=(Method("SMS", "…"),))).decode()
    assert "<alert>" in data
    assert "<sendTime>2021-08-12 03:05:00+08:00</sendTime>" in data
    assert "<senderCode>42130041600000</senderCode>" in data
    assert "<severity>Red</severity>" in data
    assert "<eventType>11B03</eventType>" in data
    assert "<methodName>SMS</methodName>" in data
    assert "<geocode>421321107000</geocode>" in data
    assert "<onset/>" in data


def test_the_file_name_says_unit_time_event_colour_and_kind():
    assert file_name(alert()) == "42130041600000_20210812030500_11B03_RED_Alert.xml"


def test_the_same_colour_in_capitals_is_read():
    data = write(NationalForm(alert())).replace(b"<severity>Red<", b"<severity>RED<")
    assert read(data).alert.infos[0].severity is Severity.EXTREME


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (b"<severity>Red<", b"<severity>Purple<", "CN-VALUE"),
        (b"<status>Actual<", b"<status>Real<", "CN-VALUE"),
        (b"<eventType>11B03<", b"<eventType>rain<", "CN-EVENT-TYPE"),
        (b"<sendTime>2021-08-12 03", b"<sendTime>2021-08-12T03", "CN-TIME"),
        (b"<sendTime>2021-08-12 03", b"<sendTime>2021-08-32 03", "CN-TIME"),
        (b"<identifier>4213", b"<identifier>x213", "CN-IDENTIFIER"),
        (b"421321107000", b"4213211070", "CN-GEOCODE"),
        (b"<scope>Public</scope>", b"", "CN-FIELD"),
        (b"31.8,113.0 ", b"131.8,113.0 ", "CAP-COORDINATE-RANGE"),
    ],
)
def test_a_broken_form_is_named_by_reader_and_check(old, new, code):
    data = write(NationalForm(alert()))
    assert old in data
    broken = data.replace(old, new, 1)
    with pytest.raises(InvalidCap) as caught:
        read(broken)
    assert caught.value.findings[0].code == code
    report = check(broken)
    assert code in [one.code for one in report.findings]
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("changes", "edit", "code"),
    [
        ({"msg_type": MsgType.CANCEL}, (b"", b""), "CAP-REFERENCES-MISSING"),
        ({"exercise": "柳林复盘", "note": None}, ("演练：柳林复盘".encode(), b""), "CAP-EXERCISE-NOTE"),
        ({}, (b"<severity>Red<", b"<severity>Blue<"), "CAP-COLOUR-SEVERITY"),
        ({}, (b"2021-08-12 09:05", b"2021-08-12 02:05"), "CAP-EXPIRES-EARLY"),
        ({}, (b"<senderCode>4213", b"<senderCode>4212"), "CN-SENDER"),
    ],
)
def test_check_knows_the_rules_of_the_national_form(changes, edit, code):
    data = (
        write(NationalForm(alert(**changes))).replace(*edit)
        if edit[0]
        else write(NationalForm(alert(**changes)))
    )
    report = check(data)
    assert report.form == "12379"
    assert code in [one.code for one in report.errors]


def test_an_alert_without_a_national_code_is_not_written():
    bare = replace(alert().infos[0], event_codes=())
    with pytest.raises(NotWritable, match="eventType"):
        write(NationalForm(replace(alert(), infos=(bare,))))
    with pytest.raises(BadIdentifier):
        write(NationalForm(replace(alert(), identifier="KSTO1055887203")))
    with pytest.raises(CapError):
        write(NationalForm(replace(alert(), infos=())))
