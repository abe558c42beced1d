"""A provider that takes a request and never answers: rules go on, its calls come to the desk, and nobody is rung twice."""

import threading
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

import pytest

from anlan.call import calldown_rows, sending
from anlan.call.models import Call
from anlan.foundation.channels import Request
from tests.conf.test_lines import called_out, mini, opened, voice
from tests.support.channels import RealVoice
from tests.support.city import Mini
from tests.support.patience import eventually

__all__ = ["mini"]
pytestmark = pytest.mark.django_db(transaction=True)


class Hang:
    """What the provider's library does in `place`: it waits for an answer that comes only when we let it."""

    def __init__(self) -> None:
        self.asked, self.answers = threading.Event(), threading.Event()

    def place(self, line: RealVoice, requests: Sequence[Request]) -> None:
        self.asked.set()
        self.answers.wait()
        line.rang.extend(request.number for request in requests)


@pytest.fixture
def hang(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hang]:
    hang = Hang()
    monkeypatch.setattr(RealVoice, "place", lambda line, requests: hang.place(line, requests))
    monkeypatch.setattr(sending, "PATIENCE", timedelta(seconds=0.2))
    yield hang
    hang.answers.set()


def test_the_rules_go_on_and_its_calls_come_to_the_desk(mini: Mini, settings: Any, hang: Hang) -> None:
    lines = opened(mini, settings, "acme")
    called_out(mini)
    lines.start()
    try:
        assert hang.asked.wait(30)
        began = time.monotonic()
        lines.look_after(mini.ctx())
        assert time.monotonic() - began < 5, "whoever looks after lines is not held by one"

        def moved() -> bool:
            lines.look_after(mini.ctx())
            return not Call.objects.filter(state="sending", channel="voice").exists()

        assert eventually(moved)
        assert calldown_rows.voice_channel(mini.ctx()) == "desk"
        assert set(Call.objects.filter(channel="voice").values_list("state", flat=True)) == {"unknown"}
        hang.answers.set()
        assert eventually(lambda: not Call.objects.filter(channel="voice", sent=False).exists())
        numbers = voice(mini).rang
        assert len(numbers) == len(set(numbers)) > 3
        assert set(Call.objects.filter(channel="voice").values_list("state", flat=True)) == {"unknown"}
    finally:
        hang.answers.set()
        lines.stop()
