"""Parts of the engine outlive their failures, and tell since when and why; the file that tells it outlives the records."""

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import OperationalError

from anlan.foundation import health
from anlan.foundation.health import Health, Part


def locked() -> None:
    raise OperationalError("database is locked")


def rested(part: Part) -> Part:
    """Its rest is over."""
    part._rests_until = 0.0
    return part


def test_a_part_that_falls_rests_longer_each_time_and_tells_since_when_and_why() -> None:
    part = Part("watch")
    assert part.do(locked) is None
    first = part.told()
    assert first is not None
    assert (first.part, first.why) == ("watch", health.BUSY)
    rests = [round(part.rests)]
    for _ in range(7):
        rested(part).do(locked)
        rests.append(round(part.rests))
    assert rests[0] == 1
    assert rests == sorted(rests)
    assert rests[-1] == health.LONGEST_REST
    again = part.told()
    assert again is not None
    assert again.since == first.since


def test_a_part_that_rests_is_left_alone_and_one_that_is_well_again_has_nothing_to_tell() -> None:
    part, done = Part("watch"), []
    part.do(locked)
    part.do(lambda: done.append("too soon"))
    rested(part).do(lambda: done.append("now"))
    assert done == ["now"]
    assert part.told() is None
    assert not part.rests


def test_a_part_that_does_not_come_back_is_told_as_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    part, said = Part("ordered"), []
    monkeypatch.setattr(health, "STUCK_SECONDS", -1.0)
    part.do(lambda: said.append(part.told()))
    assert said[0] is not None
    assert said[0].why == health.STUCK
    part.may_last = True
    part.do(lambda: said.append(part.told()))
    assert said[1] is None


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (OperationalError("database is locked"), "busy"),
        (OperationalError("database or disk is full"), "full"),
        (OSError(28, "No space left on device"), "full"),
        (OSError(98, "Address already in use"), "OSError"),
        (KeyError("13800000000"), "KeyError"),
        ("Traceback …\ndjango.db.utils.OperationalError: database is locked", "busy"),
        ("Traceback …\nanlan.foundation.channels.ChannelDown: 13800000000", "ChannelDown"),
    ],
)
def test_why_is_a_code_or_the_name_of_an_error_and_never_its_words(error: Exception | str, why: str) -> None:
    assert health.cause(error) == why


def test_an_engine_whose_folder_takes_nothing_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path))
    (tmp_path / "run").write_text("a file where the folder should be")
    Health().beat()
    assert health.told() is None


def test_pages_learn_of_what_is_ill_and_of_an_engine_that_no_longer_beats(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path))
    engine = Health()
    engine.part("watch").do(locked)
    engine.beat()
    assert [(ill.part, ill.why) for ill in health.ills()] == [("watch", "busy")]
    told = health.told()
    assert told is not None
    assert told.pid == os.getpid()
    long_ago = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    (tmp_path / "run" / "engine.json").write_text(json.dumps({"pid": 1, "beat": long_ago}))
    assert [(ill.part, ill.why) for ill in health.ills()] == [(health.ENGINE, health.STOPPED)]
