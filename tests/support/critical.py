"""A village's critical rain as `anlan simulate critical-rain` writes it, small enough to hold in the head."""

from datetime import date
from typing import Any

from anlan.cli.simulate.critical_rain.packing import pack
from tests.support.city import VILLAGE

IMMEDIATE = {
    ("dry", 60): 60.0,
    ("normal", 60): 40.0,
    ("wet", 60): 30.0,
    ("normal", 180): 55.0,
    ("wet", 180): 42.0,
}
"""mm by wetness and minutes; dry ground is not reached in three hours."""


def village_rain(*, synthetic: bool) -> str:
    """The text of the pack of Liulin's first village."""
    rows = [_row(wetness, minutes) for minutes in (60, 180) for wetness in ("dry", "normal", "wet")]
    village = {
        "name": "联盟村",
        "code": VILLAGE,
        "area_km2": 12.5,
        "concentration_min": 140,
        "homes": 80,
        "rows": rows,
    }
    found: dict[str, Any] = {
        "model": "critical-rain 1", "version": "0.1.0", "terrain": "valley", "terrain_sha256": "a" * 64, "crs": "EPSG:4547",
        "cell_m": 40.0, "solver": "li", "hyetograph": "late", "hyetograph_title": {"zh": "后峰雨型", "en": "Late peak"},
        "cn": 75.0, "cn_spread": 5.0, "roughness": [0.8, 1.2], "threshold_m": 0.3, "homes_percent": 2.0,
        "clearing_min": 30.0, "prepare_percent": [50, 90], "settings": {"version": "0" * 16}, "computed_on": "2021-01-01",
        "synthetic": synthetic,
    }  # fmt: skip
    return pack(village, found, on=date(2021, 1, 1))


def _row(wetness: str, minutes: int) -> dict[str, Any]:
    at = IMMEDIATE.get((wetness, minutes))
    told: dict[str, Any] = {
        "minutes": minutes,
        "wetness": wetness,
        "reached": at is not None,
        "run_to_mm": 140.0,
        "fast_percent": 0,
    }
    parts = {
        "immediate": 1.0,
        "low": 0.9,
        "high": 1.2,
        "prepare": 0.8,
        "prepare_low": 0.7,
        "prepare_high": 0.95,
    }
    told |= {f"{name}_mm": None if at is None else at * part for name, part in parts.items()}
    return told | {"reached_min": None if at is None else 75, "lead_min": None if at is None else 30}
