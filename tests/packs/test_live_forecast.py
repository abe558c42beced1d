"""The baseline of live forecasts is the one that scored best, and the figures are those of the docs."""

import re
from pathlib import Path

from anlan.foundation import packs
from anlan.simulate.rules import nowcast
from anlan.simulate.rules.score import Counts, best

PAGE = Path(__file__).parents[2] / "docs" / "explanation" / "nowcast-scores.md"
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \| (\d+) \| (\d+) \| (\d+) \|", re.MULTILINE)


def scored() -> dict[str, Counts]:
    rows = packs.get("live-forecast").data["scored"]
    return {
        r["nowcast"]: Counts(hits=r["hits"], misses=r["misses"], false_alarms=r["false_alarms"]) for r in rows
    }


def test_every_baseline_is_scored_and_the_best_is_the_default() -> None:
    assert set(scored()) == set(nowcast.BASELINES)
    assert packs.get("live-forecast").data["live"]["nowcast"] == best(scored())


def test_the_scores_say_that_their_nights_are_generated() -> None:
    for row in packs.get("live-forecast").data["scored"]:
        assert row["nights"] >= 20
        assert "合成" in row["source"]
        assert row["confidence"] == "M?"


def test_the_packs_counts_are_those_of_the_page() -> None:
    villages = ROW.findall(PAGE.read_text())[: len(nowcast.BASELINES)]
    told = {name: Counts(hits=int(h), misses=int(m), false_alarms=int(f)) for name, h, m, f, _ in villages}
    assert told == scored()
