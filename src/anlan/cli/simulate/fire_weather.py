"""`anlan simulate fire-weather`: the Canadian index or LY/T 1172 for a series of days at one place."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

from anlan.cli.simulate.files import (
    Answer,
    InputWrong,
    add_model,
    cited,
    csv_rows,
    day,
    is_object,
    json_object,
    number,
    packs,
    rows_of,
    text,
    vouch,
)

FWI = ("temp_c", "rh_percent", "wind_km_h", "rain_mm")
LYT = ("temp_max_c", "rh_percent", "wind_m_s", "rain_mm")
CODES = ("ffmc", "dmc", "dc", "isi", "bui", "fwi", "dsr")


def register(models: Any) -> None:
    parser = add_model(
        models,
        "fire-weather",
        what="fire weather of a series of days: Canadian FWI or LY/T 1172",
        file=f"JSON, or CSV with date,{','.join(FWI)} (lyt1172: date,{','.join(LYT)})",
        work=work,
    )
    parser.add_argument("--system", choices=["fwi", "lyt1172"], default="", help="default fwi")
    parser.add_argument("--latitude", default="", metavar="DEGREE", help="fwi: chooses the day-length tables")
    parser.add_argument(
        "--humidity",
        choices=["percent", "fraction"],
        default="",
        help="what rh_percent holds; asked for where in doubt",
    )
    parser.add_argument("--variant", default="", help="lyt1172: standard (default) or local-2020")


def work(args: argparse.Namespace) -> Answer:
    content = text(args.file)
    given = json_object(content) if is_object(content) else {"days": csv_rows(content, ("date",))}
    system = args.system or str(given.get("system") or "fwi")
    if system not in ("fwi", "lyt1172"):
        raise InputWrong(f"system is {system!r}: give fwi or lyt1172")
    rows = _in_percent(rows_of(given, "days"), args.humidity)
    dates = _dates(rows)
    return _canadian(args, given, rows, dates) if system == "fwi" else _lyt1172(args, given, rows, dates)


def _in_percent(rows: Sequence[Mapping[str, Any]], humidity: str) -> Sequence[Mapping[str, Any]]:
    """Air that is never above 1 % on any day is a fraction, or a mistake."""
    if humidity == "percent" or not any("rh_percent" in row for row in rows):
        return rows
    given = _column(rows, "rh_percent")
    if humidity == "fraction":
        return [{**row, "rh_percent": 100 * share} for row, share in zip(rows, given, strict=True)]
    if max(given) <= 1:
        raise InputWrong(
            f"rh_percent is at most {max(given):g} on every day: if these are fractions of 1, say --humidity fraction "
            "or multiply by 100; if it is so dry, say --humidity percent"
        )
    return rows


def _dates(rows: Sequence[Mapping[str, Any]]) -> list[date]:
    dates = [day(row.get("date"), field=f"date of row {n}") for n, row in enumerate(rows, 1)]
    for before, after in pairwise(dates):
        if after - before != timedelta(days=1):
            raise InputWrong(
                f"date {after} does not follow {before}: codes pass from day to day; fill the gap"
            )
    return dates


def _column(rows: Sequence[Mapping[str, Any]], key: str, default: float | None = None) -> list[float]:
    return [number(row, key, where=f"row {n}: ", default=default) for n, row in enumerate(rows, 1)]


def _canadian(
    args: argparse.Namespace, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], dates: list[date]
) -> Answer:
    from anlan.science.fireweather.canadian import MoistureCodes, step
    from anlan.science.fireweather.daylength import DayLengths

    shelf, on = packs(args)
    pack = shelf.the("fire_weather", on=on)
    latitude = number({"latitude": args.latitude or given.get("latitude")}, "latitude")
    first = given.get("start") or {}
    start = {key: number(first, key, default=float(pack.data["start"][key])) for key in ("ffmc", "dmc", "dc")}
    weather = zip(*(_column(rows, key) for key in FWI), strict=True)
    days = step(
        [(d.month, *values) for d, values in zip(dates, weather, strict=True)],
        latitude=latitude,
        before=MoistureCodes.spring(1, **start),
        day_lengths=DayLengths.from_data(pack.data),
    )
    dmc, dc = days[0].tables_used()
    found = {
        "system": "fwi",
        "latitude": latitude,
        "day_length": {"dmc": dmc[0], "dc": dc[0]},
        "start": start,
        "days": [
            {"date": str(d), **{key: round(float(getattr(one, key)[0]), 4) for key in CODES}}
            for d, one in zip(dates, days, strict=True)
        ],
        "pack": vouch(pack, args.lang),
    }
    lines = [
        f"Le {dmc[0]}, Lf {dc[0]} ({latitude:g}°)",
        "date        " + "".join(f"{key:>8}" for key in CODES),
    ]
    lines += [f"{one['date']}  " + "".join(f"{one[key]:8.2f}" for key in CODES) for one in found["days"]]
    return found, [*lines, cited(pack, args.lang)]


def _lyt1172(
    args: argparse.Namespace, given: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], dates: list[date]
) -> Answer:
    import numpy as np

    from anlan.science.fireweather.lyt1172 import ForestFireIndex, dry_spell

    shelf, on = packs(args)
    pack = shelf.the("forest_fire_index", on=on)
    index = ForestFireIndex.from_data(pack.data)
    used = index.variant(args.variant or given.get("variant"))
    columns = {key: np.array(_column(rows, key)) for key in LYT}
    last, since = dry_spell(columns["rain_mm"], rain_from=used.drought.rain_from)
    graded = index.grade(
        *(columns[key] for key in LYT[:3]),
        last_rain_mm=last,
        days_since=since,
        green_percent=np.array(_column(rows, "green_percent", 0.0)),
        snow_percent=np.array(_column(rows, "snow_percent", 0.0)),
        variant=used.code,
    )
    titles = {int(row["grade"]): row["title"][args.lang] for row in pack.data["grade"]}
    found = {
        "system": "lyt1172",
        "variant": {
            "code": used.code,
            "title": used.title[args.lang],
            "humidity": used.humidity,
            "confidence": used.confidence,
            "to_verify": used.confidence in ("M?", "X"),
        },
        "days": [
            {
                "date": str(d),
                "htz": float(graded.htz[n]),
                "grade": int(graded.grade[n]),
                "title": titles[int(graded.grade[n])],
                **{part: float(graded.parts[k, n]) for k, part in enumerate("abcde")},
                "days_since_rain": int(since[n]),
                "last_rain_mm": None if np.isnan(last[n]) else float(last[n]),
            }
            for n, d in enumerate(dates)
        ],
        "pack": vouch(pack, args.lang),
    }
    mark = " · 待核实" if found["variant"]["to_verify"] else ""
    lines = [f"{used.code}: {used.title[args.lang]}{mark}"]
    lines += [f"{one['date']}  HTZ {one['htz']:g}  {one['title']}" for one in found["days"]]
    return found, [*lines, cited(pack, args.lang)]
