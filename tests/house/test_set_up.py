"""The set-up itself: a real PostgreSQL and a real browser can be had, and versions are pinned without hosts."""

import os
import tomllib
from pathlib import Path

import psycopg
import pytest

from tests.support import chromium as browsers
from tests.support.house import ROOT
from tools import lock


@pytest.mark.postgres
def test_each_test_gets_an_empty_database_on_a_real_server(postgres_url: str) -> None:
    with psycopg.connect(postgres_url) as link:
        tables = link.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        encoding = link.execute("SHOW server_encoding").fetchone()
    assert tables == (0,)
    assert encoding == ("UTF8",)


@pytest.mark.browser
def test_the_browser_draws_chinese_and_not_empty_boxes(chromium) -> None:
    page = chromium.new_page()
    page.set_content("<canvas></canvas>")
    drawn = "t => {const c = document.querySelector('canvas'); const d = c.getContext('2d'); d.font = '40px sans-serif';"
    drawn += "d.clearRect(0, 0, 300, 150); d.fillText(t, 10, 60); return c.toDataURL();}"
    assert page.evaluate(drawn, "叫") != page.evaluate(drawn, "应")
    page.close()


def test_without_a_browser_the_word_is_clear(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(browsers.GIVEN, raising=False)
    monkeypatch.setattr(browsers, "ELSEWHERE", ())
    with pytest.raises(browsers.NoChromium, match=browsers.GIVEN):
        browsers.path()
    with pytest.raises(browsers.NoChromium, match="Install Chromium"):
        browsers.install()


def program(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)


@pytest.mark.skipif(
    os.geteuid() != 0 or not browsers._is_debian(), reason="only root on Debian installs packages"
)
def test_on_debian_a_missing_browser_and_font_are_installed(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    browser, said = tmp_path / "chromium", tmp_path / "said"
    puts = f": > {browser}; /bin/chmod +x {browser}"
    program(tmp_path, "apt-get", f'echo "$@" >> {said}; case $1 in install) {puts};; esac')
    program(tmp_path, "fc-list", f"[ -e {browser} ] && echo Noto")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv(browsers.GIVEN, raising=False)
    monkeypatch.setattr(browsers, "ELSEWHERE", ())
    browsers.main()
    update, install = said.read_text().splitlines()
    assert update.startswith("update")
    assert install.endswith("chromium fonts-noto-cjk")
    assert capsys.readouterr().out == f"browser: {browser}\n"


INDEX = {"registry": "an index"}
LOCKED = {
    "package": [
        {"name": "anlan", "version": "0.1.0", "source": {"editable": "."}},
        {
            "name": "numpy",
            "version": "2.5.0",
            "source": INDEX,
            "resolution-markers": ["python_version >= '3.12'"],
        },
        {"name": "numpy", "version": "2.4.0", "source": INDEX, "resolution-markers": ["a", "b"]},
        {"name": "django", "version": "5.2.19", "source": INDEX},
    ]
}


def test_a_pin_is_an_exact_version_with_the_pythons_it_is_for() -> None:
    assert lock.pins(LOCKED) == [
        "django==5.2.19",
        "numpy==2.4.0 ; (a) or (b)",
        "numpy==2.5.0 ; python_version >= '3.12'",
    ]


def test_pins_replace_the_pins_before_and_nothing_else() -> None:
    project = (
        '[project]\nname = "x"\n\n[tool.uv]\ndefault-groups = ["run"]\n\n[tool.ruff]\nline-length = 110\n'
    )
    once = lock.written(project, ["b==1"])
    twice = lock.written(once, ["a==1", "b==2 ; python_version < '3.12'"])
    assert tomllib.loads(twice)["tool"]["uv"]["constraint-dependencies"] == [
        "a==1",
        "b==2 ; python_version < '3.12'",
    ]
    assert lock.written(twice, []) == project


def test_every_dependency_of_this_project_is_pinned() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pinned = {each.split("==")[0] for each in project["tool"]["uv"]["constraint-dependencies"]}
    groups = [each for group in project["dependency-groups"].values() for each in group]
    asked = [*project["project"]["dependencies"], *groups]
    names = {each.replace("[", ">").replace("<", ">").split(">")[0] for each in asked} - {"anlan"}
    assert names <= pinned, "run `just lock`"
