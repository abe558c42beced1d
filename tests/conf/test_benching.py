"""`anlan bench`: the contract of its rows, a measurement that fails does not hide the others, and a clear word without bench/."""

import json
import re
from pathlib import Path

import pytest

from anlan.conf import benching
from anlan.conf.benching import BenchFailed

ROW = {"name": "a", "value": 2.0, "unit": "ms", "peer": "shapely", "peer_value": 8.0, "ratio": 4.0}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A checkout whose bench/ has one module that measures, one that fails and one that only helps."""
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "good.py").write_text(
        f"HELP = 1\n\ndef rows():\n    print('on the way')\n    return [{ROW!r}]\n"
    )
    (tmp_path / "bench" / "bad.py").write_text(
        "X = 1\n\ndef rows():\n    raise ValueError('the disk is slow')\n"
    )
    (tmp_path / "bench" / "helper.py").write_text("def other():\n    pass\n")
    monkeypatch.setattr(benching.anlan, "__file__", str(tmp_path / "src" / "anlan" / "__init__.py"))
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path / "home"))
    return tmp_path


def test_rows_are_the_contract(checkout: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert benching.run(as_json=True, only="good") == 0
    assert json.loads(capsys.readouterr().out) == [ROW]


def test_only_what_measures_is_a_module(checkout: Path) -> None:
    assert benching.modules(checkout) == ["bad", "good"]


def test_one_that_fails_is_named_and_the_others_are_printed(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benching.run(as_json=True, only="") == 1
    said = capsys.readouterr()
    assert json.loads(said.out) == [ROW]
    assert "bad: ValueError: the disk is slow" in said.err


def test_each_says_its_seconds_and_a_peer_that_is_not_there_is_said(
    checkout: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    lonely = {**ROW, "peer": "ANUGA is not installed", "peer_value": None, "ratio": None}
    (checkout / "bench" / "good.py").write_text(f"\ndef rows():\n    return [{lonely!r}]\n")
    assert benching.run(as_json=False, only="good") == 0
    said = capsys.readouterr()
    assert "ANUGA is not installed" in said.out
    assert re.fullmatch(r"good: \d+ s\n", said.err)


def test_one_that_hangs_is_ended(checkout: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (checkout / "bench" / "slow.py").write_text("import time\n\ndef rows():\n    time.sleep(60)\n")
    monkeypatch.setattr(benching, "LIMIT_SECONDS", 0.5)
    with pytest.raises(BenchFailed, match="longer"):
        benching.measure(checkout, "slow")


def test_a_wrong_name_and_a_missing_folder_get_a_clear_word(
    checkout: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert benching.run(as_json=False, only="nothing") == 2
    assert "bad, good" in capsys.readouterr().err
    monkeypatch.setattr(benching.anlan, "__file__", str(tmp_path / "else" / "src" / "anlan" / "__init__.py"))
    assert benching.run(as_json=False, only="") == 2
    assert "checkout" in capsys.readouterr().err


def test_the_table_says_how_many_times_faster() -> None:
    with_peer, without = benching.table(
        [ROW, {**ROW, "name": "bb", "value": 1234.5, "peer": None, "ratio": None}]
    )
    assert "4.0× shapely" in with_peer
    assert without.split() == ["bb", "1,234", "ms"]
