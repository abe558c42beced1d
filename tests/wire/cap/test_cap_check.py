"""What is wrong with a file, at which line, and how it is shown."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.wire.cap import reader
from anlan.wire.cap.check import MOST_FINDINGS, check
from anlan.wire.cap.report import render
from anlan.wire.cap.words import WORDS
from tests.wire.cap.cap_cases import text

GOOD = text()
EXERCISE = text(exercise="柳林复盘")


def line_of(data: str, fragment: str) -> int:
    return data[: data.index(fragment)].count("\n") + 1


def codes(data: str) -> set[str]:
    return {found.code for found in check(data.encode()).findings}


def test_a_good_file_has_no_finding():
    assert check(GOOD.encode()).findings == ()
    assert check(EXERCISE.encode()).findings == ()


@pytest.mark.parametrize(
    ("old", "new", "code", "at"),
    [
        # the schema, in plain words
        ("<scope>Public</scope>", "", "XSD-MISSING-BEFORE", "<info>"),
        ("<scope>Public</scope>", "<scope>public</scope>", "XSD-VALUE", "<scope>"),
        ("<sent>2021-08-12T03:05:00+08:00", "<sent>2021-08-12T03:05:00Z", "XSD-TIME", "<sent>"),
        ("<sent>2021-08-12T03:05:00+08:00", "<sent>2021-08-12T03:05:00.5+08:00", "XSD-TIME", "<sent>"),
        ("<sent>2021-08-12T03:05:00+08:00", "<sent>2021-13-12T03:05:00+08:00", "XSD-TIME", "<sent>"),
        ("<language>zh-CN", "<language>汉语", "XSD-TYPE", "<language>"),
        ("<event>", "<rumour/><event>", "XSD-MISSING-BEFORE", "<rumour"),
        ("</areaDesc>", "</areaDesc><colour>red</colour>", "XSD-ORDER", "<colour>"),
        ("</info>", "</info><x/>", "XSD-ORDER", "<x/>"),
        ("<info>", "<info lang='zh'>", "XSD-ATTRIBUTE", "<info "),
        ("<info>", "<info>hello", "XSD-TEXT", "<info>"),
        ("<event>暴雨", "<event><b>暴雨</b>", "XSD-CHILDREN", "<event>"),
        # rules the schema does not know
        ("<identifier>4213", "<identifier>42 13", "CAP-IDENTIFIER", "<identifier>"),
        ("<sender>4213", "<sender>a,4213", "CAP-IDENTIFIER", "<sender>"),
        ("<msgType>Alert", "<msgType>Update", "CAP-REFERENCES-MISSING", "<alert"),
        ("</scope>", "</scope><references>only-an-id</references>", "CAP-REFERENCES-FORM", "<references>"),
        ("</scope>", '</scope><addresses>"a b</addresses>', "CAP-LIST-FORM", "<addresses>"),
        ("<status>Actual", "<status>Exercise", "CAP-EXERCISE-NOTE", "<status>"),
        ("<status>Actual", "<status>Exercise", "CAP-EXERCISE-HEADLINE", "<headline>"),
        ("<scope>Public", "<scope>Restricted", "CAP-RESTRICTION", "<scope>"),
        ("<scope>Public", "<scope>Private", "CAP-ADDRESSES", "<scope>"),
        ("<expires>2021-08-12T09", "<expires>2021-08-12T02", "CAP-EXPIRES-EARLY", "<expires>"),
        ("<expires>2021-08-12T09:05:00+08:00</expires>", "", "CAP-EXPIRES-MISSING", "<info>"),
        ("<language>zh-CN</language>", "", "CAP-LANGUAGE", "<info>"),
        ("<severity>Extreme", "<severity>Minor", "CAP-COLOUR-SEVERITY", "<severity>"),
        ("暴雨红色预警", "暴雨橙色预警", "CAP-COLOURS-DIFFER", "<headline>"),
        # places
        ("31.8,113.0</polygon>", "31.8,113.1</polygon>", "CAP-POLYGON-OPEN", "<polygon>"),
        ("31.8,113.3 32.0,113.3 ", "", "CAP-POLYGON-POINTS", "<polygon>"),
        ("32.0,113.3", "31.8,113.2", "CAP-POLYGON-FLAT", "<polygon>"),
        ("32.0,113.3", "32.0,113.3 31.9,112.9 31.9,113.5 33.0,113.1", "CAP-POLYGON-CROSSES", "<polygon>"),
        ("32.0,113.3", "32.0, 113.3", "CAP-POLYGON-FORM", "<polygon>"),
        ("32.0,113.3", "113.3,32.0", "CAP-COORDINATE-RANGE", "<polygon>"),
        ("</polygon>", "</polygon><circle>80.0,40.0 5</circle>", "CAP-COORDINATE-SWAPPED", "<circle>"),
        ("</polygon>", "</polygon><circle>38.5,-120.1 5</circle>", "CAP-COORDINATE-OUTSIDE", "<circle>"),
        ("</polygon>", "</polygon><circle>31.8,113.0</circle>", "CAP-CIRCLE-FORM", "<circle>"),
        ("</polygon>", "</polygon><circle>31.8,113.0 -1</circle>", "CAP-CIRCLE-FORM", "<circle>"),
    ],
)
def test_each_fault_is_found_at_its_line(old, new, code, at):
    assert old in GOOD
    broken = GOOD.replace(old, new, 1)
    found = [one for one in check(broken.encode()).findings if one.code == code]
    assert [one.line for one in found] == [line_of(broken, at)]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("<sent>2021-08", "<sent>2021-13", "sent 的时间 2021-13-12T03:05:00+08:00 写法不对"),
        ("<language>zh-CN", "<language>汉语", "language 的值 汉语 不是 xs:language"),
        ("<certainty>Observed", "<certainty>sure's", "certainty 的值 sure's 不在允许之列：Observed, Likely"),
        ("<scope>Public</scope>", "", "info 之前缺少 scope"),
    ],
)
def test_the_schema_speaks_in_plain_words(old, new, words):
    assert old in GOOD
    assert words in "\n".join(render(check(GOOD.replace(old, new, 1).encode())))


def test_a_message_that_says_nothing_is_named():
    start, end = GOOD.index("<info>"), GOOD.index("</info>") + 7
    assert codes(GOOD[:start] + GOOD[end:]) == {"CAP-INFO-MISSING"}
    start, end = GOOD.index("<area>"), GOOD.index("</area>") + 7
    assert codes(GOOD[:start] + GOOD[end:]) == {"CAP-AREA-MISSING"}


def test_a_message_that_refers_to_itself_is_named():
    own = "42130041600000,42130041600000_20210812030500,2021-08-12T03:05:00+08:00"
    assert codes(GOOD.replace("</scope>", f"</scope><references>{own}</references>")) == {
        "CAP-REFERENCES-SELF"
    }


def test_several_faults_come_in_file_order():
    broken = GOOD.replace("<status>Actual", "<status>Real").replace("<severity>Extreme", "<severity>Bad")
    lines = [one.line for one in check(broken.encode()).findings]
    assert lines == sorted(lines)
    assert len(lines) >= 2


def test_a_very_long_polygon_is_warned_about_and_not_searched():
    ring = " ".join(f"{30 + i / 10000:.4f},113.0" for i in range(3000)) + " 31.0,114.0 30.0000,113.0"
    start, end = GOOD.index("<polygon>") + 9, GOOD.index("</polygon>")
    report = check((GOOD[:start] + ring + GOOD[end:]).encode())
    assert [one.code for one in report.findings] == ["CAP-POLYGON-TOO-LONG"]
    assert report.exit_code == 0


def test_a_file_full_of_faults_is_cut_off_with_a_word():
    many = GOOD.replace("</scope>", "</scope>" + "<x/>" * 3 + "\n").replace(
        "</areaDesc>", "</areaDesc>" + "\n<polygon>1</polygon>" * 500
    )
    report = check(many.encode())
    assert len(report.findings) == MOST_FINDINGS + 1
    assert report.findings[-1].code == "CAP-TOO-MANY"
    assert report.exit_code == 1


@pytest.mark.parametrize(
    ("data", "exit_code"),
    [
        (GOOD, 0),
        (GOOD.replace("<language>zh-CN</language>", ""), 0),
        (GOOD.replace("Extreme", "Bad"), 1),
        ("<rss/>", 2),
        ("not xml", 2),
        ("", 2),
        (GOOD[:-20], 2),
    ],
)
def test_the_exit_code_tells_clean_wrong_and_unreadable_apart(data, exit_code):
    assert check(data.encode()).exit_code == exit_code


def test_a_truncated_file_says_where_it_breaks():
    (found,) = check(GOOD[:-20].encode()).findings
    assert found.code == "XML-MALFORMED"
    assert found.line is not None
    assert found.line > 10


def test_the_report_reads_in_both_languages():
    report = check(GOOD.replace("Extreme", "Bad").encode())
    zh, en = render(report, "zh"), render(report, "en")
    assert zh[0].startswith(
        f"第{line_of(GOOD, '<severity>')}行 错误 [XSD-VALUE] severity 的值 Bad 不在允许之列"
    )
    assert "改法：" in zh[0]
    assert en[0].startswith(
        f"line {line_of(GOOD, '<severity>')}: error [XSD-VALUE] severity has the value Bad"
    )
    assert "Mend: " in en[0]
    assert zh[-1] == "结论：CAP 1.2 格式，错误 1 处，提醒 1 处，没有签名。"
    assert en[-1] == "Verdict: CAP 1.2 form, 1 error(s), 1 warning(s), not signed."
    assert render(check(b""), "zh")[-1].startswith("结论：读不出")


def test_a_hostile_value_cannot_flood_or_colour_the_screen():
    # U+009B starts an escape sequence on some terminals, and XML allows it.
    broken = GOOD.replace("<scope>Public", "<scope>\u009b31m" + "{0}{size}\n" * 5000)
    for lang in ("zh", "en"):
        lines = render(check(broken.encode()), lang)
        assert all(len(line) < 500 and line.isprintable() for line in lines)


def test_the_schema_location_of_a_file_is_never_followed(tmp_path):
    trap = tmp_path / "trap.xsd"
    trap.write_text(
        "<schema xmlns='http://www.w3.org/2001/XMLSchema'><element name='q' type='nope'/></schema>"
    )
    where = (
        "<info xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' "
        f"xsi:schemaLocation='urn:x {trap.as_uri()}' xsi:noNamespaceSchemaLocation='{trap.as_uri()}'>"
    )
    report = check(GOOD.replace("<info>", where).encode())
    assert {one.code for one in report.findings} == {"CAP-SCHEMA-LOCATION"}
    assert reader.read(GOOD.replace("<info>", where).encode()) == reader.read(GOOD.encode())


def test_every_code_stands_in_the_reference():
    reference = (Path(__file__).parents[3] / "docs" / "reference" / "cap.md").read_text("utf-8")
    assert [code for code in WORDS if f"`{code}`" not in reference] == []


def test_every_code_has_words_in_two_languages():
    for code, words in WORDS.items():
        assert all(words), code
        assert any("\u4e00" <= char <= "\u9fff" for char in words.zh + words.mend_zh), code


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400) | st.text(max_size=400).map(str.encode))
def test_any_bytes_get_a_report(data):
    report = check(data)
    assert report.exit_code == 2
    assert len(report.findings) == 1
