"""A voice line that dies in the live world: its calls move to the officer's desk by themselves, and nobody is rung twice."""

from collections import defaultdict
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest

from anlan.call import calldown_rows, sending
from anlan.call.actions import calldown, contact, hearing
from anlan.call.models import Call, ContactLost
from anlan.conf.lines import Lines
from anlan.foundation import journal
from anlan.foundation.models import JournalEntry
from anlan.places.atlas import atlas
from anlan.prove.queries.proof.facts import facts_of
from anlan.prove.rules.proof import village_proof
from anlan.prove.rules.proof.shapes import FactKind
from tests.conf.test_lines import called_out, mini, opened, sent_by, voice
from tests.support.channels import RealVoice
from tests.support.city import LIULIN_PATH, TOWN, VILLAGE, Mini

__all__ = ["mini"]
pytestmark = pytest.mark.django_db
SECRETARY = "H-v1-secretary"


@pytest.fixture(autouse=True)
def _nothing_fails_yet() -> None:
    sending._failing.clear()


def entries(mini: Mini, name: str) -> list[dict[str, Any]]:
    rows = JournalEntry.objects.filter(world=mini.world, name=name).order_by("seq")
    return [journal.read(row)["body"] for row in rows]


def dies(mini: Mini, lines: Lines, *, seconds: int = 16) -> datetime:
    """The line is cut, and asked in vain until it counts as dead."""
    voice(mini).down = True
    now = mini.ctx().now
    for n in range(0, seconds, 5):
        sent_by(lines, mini.ctx(at=now + timedelta(seconds=n)))
    end = now + timedelta(seconds=seconds)
    sent_by(lines, mini.ctx(at=end))
    return end


def test_what_a_dead_line_was_handed_is_unknown_and_said_with_its_reason(mini: Mini, settings: Any) -> None:
    lines = opened(mini, settings, "acme")
    ref = called_out(mini)
    handed = Call.objects.count()
    dies(mini, lines)
    assert Call.objects.filter(channel="voice", state="unknown").count() == handed > 3
    assert entries(mini, "warn.channel.failed") == [{"why": "ChannelDown", "calls": handed}]
    (ended,) = entries(mini, "warn.call.ended")
    assert (ended["why"], len(ended["calls"])) == ("channel_failed", handed)
    assert Call.objects.filter(call_down__ref=ref).exclude(state__in=("unknown", "sending")).count() == 0


def test_a_short_fault_moves_nothing(mini: Mini, settings: Any) -> None:
    lines = opened(mini, settings, "acme")
    called_out(mini)
    end = dies(mini, lines, seconds=10)
    assert not Call.objects.exclude(state="sending").exists()
    voice(mini).down = False
    assert sent_by(lines, mini.ctx(at=end + timedelta(seconds=2))) == len(set(voice(mini).rang)) > 3


def test_the_ladder_goes_on_at_the_desk_after_the_quiet_time_and_rings_nobody_twice(
    mini: Mini, settings: Any
) -> None:
    lines = opened(mini, settings, "acme")
    ref = called_out(mini)
    end = dies(mini, lines)
    assert calldown_rows.voice_channel(mini.ctx()) == "desk"
    for minutes in (1, 2, 3, 4):
        calldown.go_on(mini.ctx(at=end + timedelta(minutes=minutes)), ref)
    laid = Call.objects.filter(channel="desk", state="sending")
    assert SECRETARY in set(laid.values_list("holder__ref", flat=True))
    by_number: dict[str, list[datetime]] = defaultdict(list)
    for number, at in Call.objects.order_by("placed_at").values_list("contact", "placed_at"):
        by_number[number].append(at)
    gaps = [b - a for moments in by_number.values() for a, b in pairwise(moments)]
    assert min(gaps) >= timedelta(seconds=120)
    assert voice(mini).rang == []


def test_when_the_line_is_back_new_calls_go_by_it_and_old_ones_are_never_sent(
    mini: Mini, settings: Any
) -> None:
    lines = opened(mini, settings, "acme")
    called_out(mini)
    end = dies(mini, lines)
    voice(mini).down = False
    sent_by(lines, mini.ctx(at=end + timedelta(seconds=30)))
    assert calldown_rows.voice_channel(mini.ctx()) == "desk", "it may flicker"
    sent_by(lines, mini.ctx(at=end + timedelta(seconds=90)))
    assert calldown_rows.voice_channel(mini.ctx()) == "voice"
    assert entries(mini, "warn.channel.returned") == [{}]
    assert sent_by(lines, mini.ctx(at=end + timedelta(seconds=90))) == 0
    assert voice(mini).rang == []


def test_a_fault_of_the_providers_own_is_a_dead_line_too(
    mini: Mini, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened(mini, settings, "acme")
    called_out(mini)

    def broken(self: RealVoice, requests: Any) -> None:
        raise KeyError("number 13800004417 fell out")

    monkeypatch.setattr(RealVoice, "place", broken)
    now = mini.ctx().now
    for seconds in (0, 20):
        with pytest.raises(sending.LineFault):
            sending.send(mini.ctx(at=now + timedelta(seconds=seconds)), voice(mini))
    (told,) = entries(mini, "warn.channel.failed")
    assert told["why"] == "KeyError"
    assert not JournalEntry.objects.filter(text__contains="13800004417").exists()


def test_a_dead_line_of_ours_is_no_sign_that_a_township_is_lost(mini: Mini, settings: Any) -> None:
    lines = opened(mini, settings, "acme")
    ref = called_out(mini)
    end = dies(mini, lines)
    late = mini.ctx(at=end + timedelta(minutes=30))
    calldown.go_on(late, ref)
    contact.look(late, township=atlas().code(TOWN))
    assert not ContactLost.objects.exists()


def test_the_board_says_since_when_the_line_is_dead(mini: Mini, settings: Any) -> None:
    lines = opened(mini, settings, "acme")
    ref = called_out(mini)
    board = f"/w/{mini.world.key}/calls/{ref}"
    assert "语音线路断了" not in mini.client("duty_officer").get(board).content.decode()
    dies(mini, lines)
    assert "语音线路断了" in mini.client("duty_officer").get(board).content.decode()


# ---------- laid, and placed ----------
def test_a_call_on_the_desk_is_placed_only_when_somebody_dials_it(mini: Mini, settings: Any) -> None:
    opened(mini, settings)
    ref = called_out(mini)
    path = LIULIN_PATH + "0001"
    assert entries(mini, "warn.call.placed") == []
    assert len(entries(mini, "warn.call.laid")) == 1
    before = village_proof(place=path, facts=facts_of(mini.ctx(), LIULIN_PATH))
    assert before.called is None
    assert "not_dialled" in {gap.name for gap in before.gaps}
    call = Call.objects.get(holder__ref=SECRETARY)
    dialled_at = mini.ctx().now + timedelta(minutes=4)
    hearing.heard_outcome(mini.ctx(at=dialled_at), call_down=ref, call=call.key, outcome="no_answer")
    (placed,) = entries(mini, "warn.call.placed")
    assert [(c["call"], c["channel"]) for c in placed["calls"]] == [(call.key, "desk")]
    assert any(line.startswith("village:") for line in placed["calls"][0]["lines"])
    proof = village_proof(place=path, facts=facts_of(mini.ctx(), LIULIN_PATH))
    assert proof.called is not None
    assert proof.called.at == dialled_at
    hearing.heard_outcome(mini.ctx(at=dialled_at), call_down=ref, call=call.key, outcome="busy")
    assert len(entries(mini, "warn.call.placed")) == 1


def test_what_only_lay_on_the_desk_stands_in_nobodys_record(mini: Mini, settings: Any) -> None:
    opened(mini, settings)
    called_out(mini)
    laid = [f for f in facts_of(mini.ctx(), LIULIN_PATH) if f.kind is FactKind.LAID]
    assert laid
    assert {f.who for f in laid} == {""}
    body = mini.client("auditor").get(f"/w/{mini.world.key}/proof/{VILLAGE}").content.decode()
    assert "上了叫应台，待拨" in body
