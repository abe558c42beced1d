"""`anlan simulate score-nowcasts`: what it prints follows from the counts, and it says whose nights they are."""

import json

import pytest

from anlan.cli import main
from anlan.cli.simulate.score_nowcasts import as_rows, lines
from anlan.simulate.computing.scoring import Scores
from anlan.simulate.rules.score import Counts

FOUND = Scores(
    villages={
        "zero": Counts(hits=1, misses=3, rejections=4),
        "persistence": Counts(hits=3, misses=1, false_alarms=1, rejections=3),
        "decay": Counts(hits=2, misses=2, rejections=4),
    },
    rain={name: Counts(rejections=8) for name in ("zero", "persistence", "decay")},
    nights=2,
    cycles=4,
)
FRAME = {"on": "2021-08-11", "seed": 5, "cells_m": 80, "every_min": 60, "ahead_min": 180, "line_mm": 50.0}


def test_the_shares_stand_beside_their_counts_and_the_highest_csi_is_chosen() -> None:
    told = as_rows(FOUND)
    assert told["villages"]["persistence"] == {
        "hits": 3, "misses": 1, "false_alarms": 1, "rejections": 3, "pod": 0.75, "far": 0.25, "csi": 0.6,
    }  # fmt: skip
    assert told["chosen"] == "persistence"
    assert told["rain"]["zero"]["csi"] is None
    json.dumps(told, allow_nan=False)


def test_a_person_reads_that_the_nights_are_generated_and_the_truth_is_a_models() -> None:
    said = "\n".join(lines({**FRAME, **as_rows(FOUND)}))
    assert "2 generated nights (合成), seed 5" in said
    assert "truth by the same model" in said
    assert "0.75" in said
    assert said.endswith("highest CSI: persistence")


def test_nights_in_which_nothing_came_choose_none() -> None:
    silent = Scores(villages={"zero": Counts(rejections=3)}, rain={"zero": Counts(rejections=3)}, nights=1)
    assert as_rows(silent)["chosen"] == ""


def test_no_night_at_all_is_refused_with_the_mend(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(["simulate", "score-nowcasts", "--nights", "0"])
    assert left.value.code == 2
    assert "give 1 or more" in capsys.readouterr().err
