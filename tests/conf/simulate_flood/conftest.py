"""`anlan simulate flood` on files written for one test."""

import json

import pytest

from anlan.cli import main
from anlan.science.flood import godunov, inertial  # noqa: F401  kernels are kept beside the source, not in a test's home
from tests.support.flood_files import RAIN, tiff, valley


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(tmp_path, capsys):
    """Write files, run, and give the exit code, the summary that was printed, and what was said beside it."""

    def go(*options, dem=None, as_json=True, out="out", **files):
        given = {"--dem": "dem.tif", "--rain": "rain.csv", "--out": out}
        (tmp_path / "dem.tif").write_bytes(tiff(valley()) if dem is None else dem)
        (tmp_path / "rain.csv").write_text(RAIN, encoding="utf-8")
        for name, content in files.items():
            kind = ".csv" if isinstance(content, str) or name in ("points", "inflow") else ".tif"
            given[f"--{name}"] = name + kind
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / (name + kind)).write_bytes(data)
        words = [word for option, value in given.items() if option not in options for word in (option, value)]
        with pytest.raises(SystemExit) as ended:
            main(["simulate", "flood", *words, *options, *(["--json"] if as_json else [])])
        said, complained = capsys.readouterr()
        return ended.value.code, json.loads(said) if as_json and said else said, complained

    return go
