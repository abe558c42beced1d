"""Files of the field, each with its right value: what it says is read, or refused by cell with the mend."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from anlan.observe.rules.csvrows import parse

FILES = Path(__file__).parents[3].parent / "shared" / "vectors" / "inputs"
NOW = datetime(2021, 8, 14, tzinfo=UTC)
STATION = "0099000001"
THREE = datetime(2021, 8, 11, 19, 0, tzinfo=UTC)
FIVE = timedelta(minutes=5)
pytestmark = pytest.mark.skipif(not FILES.is_dir(), reason="the files of the field are not here")

RIGHT = {
    "csv01_gbk_excel": [("22", THREE, "30.0")],
    "csv02_bom_trailing": [("22", THREE, "30.0")],
    "csv03_semicolon_comma": [("22", THREE, "30.0")],
    "csv04_fullwidth": [("22", THREE, "30.0")],
    "csv05_thousand": [("26", THREE, "1234.5")],
    "csv06_lost_zero": [
        ("22", THREE, "30.0"),
        ("22", THREE + FIVE, "30.0"),
        ("22", THREE + 2 * FIVE, "30.0"),
    ],
    "csv07_excel_serial": [("22", THREE, "30.0")],
    "csv10_utf16": [("22", THREE, "30.0")],
    "csv11_z_and_offset": [
        ("22", THREE, "30.0"),
        ("22", THREE + FIVE, "1.0"),
        ("22", THREE + 2 * FIVE, "2.0"),
    ],
    "csv16_title_row": [("22", THREE, "30.0")],
    "csv17_spaces_nbsp": [("22", THREE, "30.0")],
    "csv19_apostrophe": [("22", THREE, "30.0")],
    "csv20_sep_line": [("22", THREE, "30.0")],
}
REFUSED = {
    "csv08_24h": [(3, "value")],  # the same moment as the row above, at midnight
    "csv12_two_decimals": [(2, "value"), (3, "value")],
    "csv13_quoted_newline": [(4, "value")],
    "csv14_date_only": [(2, "at"), (3, "at")],
    "csv18_repeat": [(3, "value"), (5, "value")],
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_file_of_the_field_says_what_it_said(name: str) -> None:
    found = parse((FILES / f"{name}.csv").read_bytes(), now=NOW)
    assert found.wrongs == []
    right = [(STATION, code, at, Decimal(value)) for code, at, value in RIGHT[name]]
    assert [(r.station, r.code, r.at, r.value) for r in found.rows] == right


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_in_doubt_is_refused_by_cell(name: str) -> None:
    found = parse((FILES / f"{name}.csv").read_bytes(), now=NOW)
    assert [(w.line, w.column) for w in found.wrongs] == REFUSED[name]


def test_midnight_at_the_end_of_a_day_is_the_next_day() -> None:
    found = parse((FILES / "csv08_24h.csv").read_bytes(), now=NOW).rows
    assert [r.at for r in found] == [datetime(2021, 8, 12, 16, 0, tzinfo=UTC)]
