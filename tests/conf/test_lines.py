"""The live world's lines: what ANLAN_CHANNELS names is opened, heard and never trusted; without any, officers dial."""

from importlib.metadata import EntryPoint, EntryPoints
from typing import Any

import pytest

from anlan.call import calldown_rows
from anlan.call.actions import calldown
from anlan.call.models import Answer, Call
from anlan.conf.doctor import records as doctor
from anlan.conf.lines import Lines
from anlan.foundation import channels
from anlan.foundation.context import Ctx
from anlan.foundation.health import Health
from anlan.foundation.rules.grade import Grade
from anlan.gateways import plug_ins
from anlan.gateways.sl651.server import GatewayThread
from anlan.places.atlas import atlas
from tests.support.channels import PICKS_UP_AFTER, RealVoice
from tests.support.city import TOWN, VILLAGE, Mini, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def mini(monkeypatch: pytest.MonkeyPatch) -> Mini:
    """The live world of the small city, with a provider's package installed beside anlan."""
    acme = EntryPoint("acme", "tests.support.channels:factory", channels.GROUP)

    def installed(*, group: str, name: str = "") -> EntryPoints:
        return EntryPoints([point for point in (acme,) if not name or point.name == name])

    monkeypatch.setattr(channels, "entry_points", installed)
    monkeypatch.setattr(channels, "_open", {})
    calldown_rows._kept.clear()
    return make_city()


def opened(mini: Mini, settings: Any, *names: str) -> Lines:
    settings.CHANNELS = list(names)
    return Lines(mini.world, Health("lines"))


def sent_by(lines: Lines, ctx: Ctx) -> int:
    """What its one line does at a moment: it hands over, then hears."""
    return sum(line.turn(ctx) for line in lines.open.values())


def called_out(mini: Mini) -> str:
    return calldown.open_calldown(
        mini.ctx(), township=atlas().code(TOWN), villages=[atlas().code(VILLAGE)], grade=Grade.RED, stage="move",
        cause="X-1", order_no="测试〔2021〕1号",
    )  # fmt: skip


def voice(mini: Mini) -> RealVoice:
    found = channels.resolve(mini.ctx().world, "voice")
    assert isinstance(found, RealVoice)
    return found


def test_with_a_line_calls_go_out_by_themselves_and_answers_come_in(mini: Mini, settings: Any) -> None:
    lines = opened(mini, settings, "acme")
    ref = called_out(mini)
    sent = sent_by(lines, mini.ctx())
    assert sent == len(voice(mini).rang) == Call.objects.filter(state="ringing").count() > 3
    assert sent_by(lines, mini.ctx()) == 0
    later = mini.ctx().at(mini.ctx().now + 2 * PICKS_UP_AFTER)
    assert sent_by(lines, later) == sent
    assert Answer.objects.filter(call_down__ref=ref, kind=2, channel="voice").count() == sent
    assert sent_by(opened(mini, settings, "acme"), later) == 0, "a new engine goes on after the last mark"


def test_pages_decide_alike_without_holding_the_line(mini: Mini, settings: Any) -> None:
    opened(mini, settings, "acme")
    channels.disconnect(mini.ctx().world)  # as in the web process
    assert calldown_rows.voice_channel(mini.ctx()) == "voice"
    opened(mini, settings)
    assert calldown_rows.voice_channel(mini.ctx()) == "desk"


@pytest.mark.parametrize("name", ["not-there", "simulated-field"])
def test_a_line_that_cannot_be_had_leaves_the_calls_on_the_desk(
    mini: Mini, settings: Any, name: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The simulated network can never be the live world's, whatever the setting says."""
    if name == "simulated-field":
        monkeypatch.undo()
        monkeypatch.setattr(channels, "_open", {})
    lines = opened(mini, settings, name)
    called_out(mini)
    assert sent_by(lines, mini.ctx()) == 0
    assert set(Call.objects.values_list("channel", flat=True)) == {"desk"}
    assert name in caplog.text


def test_a_line_that_is_cut_keeps_what_waits_and_sends_it_once_when_it_is_back(
    mini: Mini, settings: Any
) -> None:
    lines = opened(mini, settings, "acme")
    called_out(mini)
    voice(mini).down = True
    assert sent_by(lines, mini.ctx()) == 0
    assert not Call.objects.exclude(state="sending").exists()
    voice(mini).down = False
    assert sent_by(lines, mini.ctx()) == len(set(voice(mini).rang)) > 3


def test_a_line_with_a_fault_of_its_own_rests_and_stops_nothing(
    mini: Mini, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = opened(mini, settings, "acme")
    called_out(mini)
    asked: list[int] = []

    def broken(self: RealVoice, requests: Any) -> None:
        asked.append(len(requests))
        raise KeyError("the provider's library fell over")

    monkeypatch.setattr(RealVoice, "place", broken)
    assert [sent_by(lines, mini.ctx()) for _ in range(3)] == [0, 0, 0]
    assert len(asked) == 1


def test_doctor_names_a_line_that_is_missing(mini: Mini, settings: Any) -> None:
    settings.CHANNELS = ["acme", "not-there"]
    (found,) = doctor.channels()
    assert (found.code, found.is_bad) == ("channel-missing", True)


def test_what_we_ship_is_found_where_plug_ins_are_found() -> None:
    """Fails on an installation older than its pyproject: install anew."""
    assert "simulated-field" in channels.installed()
    assert isinstance(
        plug_ins.make("sl651", None, host="127.0.0.1", port=0, clock=lambda: None), GatewayThread
    )  # type: ignore[arg-type,return-value]
    with pytest.raises(plug_ins.NotInstalled, match="ANLAN_GATEWAYS"):
        plug_ins.make("acme", None, host="", port=0, clock=lambda: None)  # type: ignore[arg-type,return-value]
    assert plug_ins.chosen("sl651, acme:7700", sl651_port=7651) == [("sl651", 7651), ("acme", 7700)]
    with pytest.raises(ValueError, match="acme:PORT"):
        plug_ins.chosen("acme", sl651_port=7651)
