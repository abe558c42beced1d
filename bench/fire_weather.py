"""One day of the Canadian fire weather index for a million cells, checked against the published sample in the same run."""

import time
from typing import Any

import numpy as np

CELLS = 1_000_000


def rows() -> list[dict[str, Any]]:
    """Least seconds for a day of all cells, on all cores and on one."""
    from anlan.foundation.packs import load_all
    from anlan.science.fireweather.canadian import MoistureCodes, fire_weather
    from anlan.science.fireweather.daylength import DayLengths

    day_lengths = DayLengths.from_data(load_all().get("fwi-day-length").data)
    random = np.random.default_rng(1)
    weather = (
        random.uniform(-5, 38, CELLS),
        random.uniform(5, 100, CELLS),
        random.uniform(0, 50, CELLS),
        np.where(random.random(CELLS) < 0.4, random.gamma(0.5, 10.0, CELLS), 0.0),
    )
    for values, first in zip(weather, (17.0, 42.0, 25.0, 0.0), strict=True):
        values[0] = first  # the first day of the published sample
    before = MoistureCodes(
        random.uniform(40, 95, CELLS), random.uniform(0, 90, CELLS), random.uniform(0, 500, CELLS)
    )
    before.ffmc[0], before.dmc[0], before.dc[0] = 85.0, 6.0, 15.0
    latitude = random.uniform(20, 35, CELLS)
    latitude[0] = 46.0

    def day(threads: int | None) -> Any:
        return fire_weather(
            *weather, latitude=latitude, month=4, before=before, day_lengths=day_lengths, threads=threads
        )

    assert round(float(day(None).fwi[0]), 2) == 10.10, "not the published sample"
    return [
        _row("fire_weather_1000000_cells", _least(lambda: day(None))),
        _row("fire_weather_1000000_cells_one_core", _least(lambda: day(1))),
    ]


def _row(name: str, value: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "s", "peer": None, "peer_value": None, "ratio": None}


def _least(what: Any, times: int = 9) -> float:
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        spent.append(time.perf_counter() - began)
    return min(spent)  # the machine is shared: the least is the work itself


if __name__ == "__main__":
    for row in rows():
        print(row)
