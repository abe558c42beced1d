"""Where stations report: the demo on this machine alone, duty where the setting says."""

import argparse

import pytest

from anlan.cli import demo, engine, run
from anlan.cli.run import engine_args


def told(command: str) -> list[str]:
    """What the engine is told when that command starts."""
    parser = argparse.ArgumentParser()
    commands = parser.add_subparsers()
    for module in (demo, engine, run):
        module.register(commands)
    return engine_args(parser.parse_args(command.split()))


def test_the_demo_listens_on_this_machine_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANLAN_SL651_HOST", raising=False)
    assert told("demo")[:3] == ["engine", "--gauge-host", "127.0.0.1"]
    assert told("run")[2] == "0.0.0.0"


def test_duty_listens_where_the_setting_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANLAN_SL651_HOST", "10.1.2.3")
    assert told("run")[2] == "10.1.2.3"
    assert told("run --gauge-host 10.9.9.9 --gauge-port 7000")[2:] == ["10.9.9.9", "--gauge-port", "7000"]
