"""What a replay found, for `--json` and the page: from what the records and the reading store hold, nothing typed in.

Times carry +08:00. The contract is described in docs/reference/cli.md.
"""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from anlan.demo.city.facts import LIULIN
from anlan.demo.liulin.published import load_published
from anlan.demo.liulin.scenario import load_scenario
from anlan.exercise import report as exercise
from anlan.exercise.report import local
from anlan.foundation import worlds
from anlan.foundation.context import Ctx
from anlan.foundation.worlds import World, beijing
from anlan.judge.queries import lead
from anlan.observe import queries as observe
from anlan.places.atlas import atlas
from anlan.simulate.queries import foretold
from anlan.simulate.rules.score import Counts
from anlan.warn.queries import rows as alerts

SYNTHETIC = ["terrain", "neighbours", "roughness"]
"""What of a forecast of this night is made up or unsure: 合成地形、合成邻站、糙率待核实."""


def report(world: World) -> dict[str, Any]:
    """The whole result of one exercise of the night of Liulin."""
    ctx = worlds.context(world)
    township = atlas().code(LIULIN)
    first_red = alerts.first_red_naming(ctx, township.path)
    return {
        **exercise.report(world, path=township.path),
        "rain": _rain(ctx, world),
        "lead_minutes_before_peak": _lead(world, first_red),
        "forecast": _forecast(ctx, world, township.path),
        "published": _published(world),
    }


def _rain(ctx: Ctx, world: World) -> dict[str, Any]:
    """Hourly rain of the town gauge as the store holds it, under the labels that were published."""
    gauge = next(s for s in observe.stations(ctx, "rain") if s.is_town_gauge)
    assert world.starts_at is not None
    assert world.ends_at is not None
    sums = observe.hourly_tenths(ctx, gauge.address, world.starts_at, world.ends_at)
    shift = timedelta(0) if world.settings["hours"] == "ending" else timedelta(hours=1)
    by_label = {beijing(end - shift).strftime("%H"): tenths for end, tenths in sums.items()}
    published = load_published().hourly_tenths
    hourly = {label: by_label.get(label, 0) for label in published}
    return {
        "hourly_mm": {label: tenths / 10 for label, tenths in hourly.items()},
        "six_hour_mm": sum(hourly.values()) / 10,
        "h04_07_mm": sum(t for label, t in hourly.items() if "04" <= label <= "07") / 10,
    }


def peak_end(hours: str) -> datetime:
    """The end of the wettest published hour."""
    tenths = load_published().hourly_tenths
    label = max(tenths, key=lambda hour: tenths[hour])
    scenario = load_scenario(hours=hours)
    start = beijing(scenario.starts_at).replace(hour=0, minute=0) + timedelta(days=1, hours=int(label))
    return start if hours == "ending" else start + timedelta(hours=1)


def _lead(world: World, first_red: datetime | None) -> int | None:
    """Minutes from the first red that names the town to the end of the wettest hour."""
    if first_red is None:
        return None
    return int((peak_end(world.settings["hours"]) - first_red).total_seconds() // 60)


def _forecast(ctx: Ctx, world: World, path: str) -> dict[str, Any] | None:
    """When the model first said that water comes, and its lead on the lines as an interval; null where it did not look ahead."""
    if not world.settings.get("forecast"):
        return None
    found = lead.review(ctx, path)
    first = found.first
    return {
        "source_minutes": found.source_min,
        "synthetic": SYNTHETIC,
        "first": _first(first) if first else None,
        "swift": asdict(foretold.swiftness(ctx, path=path)),
        "lines": [
            {
                "pack": line.pack,
                "level": line.level,
                "soil": line.soil or None,
                "after": local(line.span.after),
                "until": local(line.span.until),
                "lead_minutes": [line.lead.least_min, line.lead.most_min] if line.lead else None,
            }
            for line in found.lines
        ],
    }


def _first(first: lead.First) -> dict[str, Any]:
    score = first.score
    return {
        "run": first.run,
        "reading_at": local(first.reading_at),
        "known_at": local(first.known_at),
        "run_cost_s": int(first.cost.total_seconds()),
        "nowcast": first.nowcast,
        "score": {"generated_nights": score.nights, **_shares(score.counts)} if score else None,
        "villages": [
            {"place": v.place.code, "depth_cm": v.depth_cm, "at": local(v.arrives_at)} for v in first.villages
        ],
    }


def _shares(counts: Counts) -> dict[str, float | None]:
    shares = {"pod": counts.pod, "far": counts.far, "csi": counts.csi}
    return {name: None if share is None else round(share, 2) for name, share in shares.items()}


def _published(world: World) -> dict[str, Any]:
    """The same figures for what is published of the real night; unknown is null."""
    red = load_published().first_red_naming(LIULIN)
    return {
        "first_red_at": local(red.at),
        "lead_minutes_before_peak": int((peak_end(world.settings["hours"]) - red.at).total_seconds() // 60),
        "first_call_at": None,
        "last_proof_at": None,
        "villages": None,
        "source": red.source,
    }
