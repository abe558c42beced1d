"""`anlan simulate slope`: which rain thresholds of slopes are reached, each refused where it was not made for."""

import argparse
from collections.abc import Mapping
from typing import Any

from anlan.cli.simulate.files import (
    Answer,
    InputWrong,
    add_model,
    cited,
    csv_rows,
    is_object,
    json_object,
    number,
    numbers,
    packs,
    text,
    vouch,
)


def register(models: Any) -> None:
    parser = add_model(
        models,
        "slope",
        what="rain thresholds of slopes and weather risk of geohazards",
        file="JSON, or CSV with hour,rain_mm (oldest hour first)",
        work=work,
    )
    parser.add_argument("--division", default="", metavar="CODE", help="division code of the slope")
    parser.add_argument(
        "--enable",
        action="append",
        default=[],
        metavar="PACK",
        help="use this pack outside its reach; may repeat",
    )


def work(args: argparse.Namespace) -> Answer:
    import numpy as np

    from anlan.science.bounds import OutsideValidity, within
    from anlan.science.slope.risk import effective_rain
    from anlan.science.slope.thresholds import slope_rule

    content = text(args.file)
    given = json_object(content) if is_object(content) else _from_csv(content)
    shelf, on = packs(args)
    hourly = np.array(numbers(given, "hourly_mm"))
    within("hourly_mm", hourly, 0, 400, "mm in one hour, oldest first")
    if hourly.size == 0:
        raise InputWrong("hourly_mm is empty: give at least the last hour")
    division = args.division or str(given.get("division") or "")
    by_hand = {*args.enable, *map(str, given.get("enable") or ())}
    risk_pack = shelf.the("geohazard_risk", on=on)
    before = risk_pack.data["antecedent"]
    daily = _daily(given, hourly)
    effective = float(effective_rain(daily[:, None], k=float(before["k"]), days=int(before["days"]))[0])
    rules = []
    for pack in shelf.in_force("slope_rain", on=on):
        row: dict[str, Any] = {"pack": vouch(pack, args.lang), "enabled_by_hand": False, "refused": None}
        rule = slope_rule(pack.id, pack.applies_to, pack.data)
        try:
            row |= _answer(rule, hourly, daily, effective, division, by_hand=pack.id in by_hand)
        except OutsideValidity as error:
            row["refused"] = str(error)
        rules.append(row)
    unknown = by_hand - {row["pack"]["id"] for row in rules}
    if unknown:
        known = ", ".join(row["pack"]["id"] for row in rules)
        raise InputWrong(f"enable names {sorted(unknown)[0]!r}: choose among {known}")
    found = {
        "division": division,
        "hours": int(hourly.size),
        "effective_rain_mm": round(effective, 3),
        "effective_rain": {
            "k": float(before["k"]),
            "days": int(before["days"]),
            "days_given": int(daily.size),
        },
        "rules": rules,
        "risk": _risk(given, risk_pack, args.lang),
    }
    return found, _lines(found, risk_pack, args.lang)


def _from_csv(content: str) -> dict[str, Any]:
    return {"hourly_mm": [row["rain_mm"] for row in csv_rows(content, ("hour", "rain_mm"))]}


def _daily(given: Mapping[str, Any], hourly: Any) -> Any:
    """Rain by day, today first: as given, else whole 24 hours back from the last hour."""
    import numpy as np

    if given.get("daily_mm") is not None:
        return np.array(numbers(given, "daily_mm"))
    back = hourly[::-1]
    return np.array([back[n : n + 24].sum() for n in range(0, back.size, 24)])


def _answer(
    rule: Any, hourly: Any, daily: Any, effective: float, division: str, *, by_hand: bool
) -> dict[str, Any]:
    import numpy as np

    from anlan.science.slope.thresholds import Amounts, IntensityDuration

    back = np.cumsum(hourly[::-1])  # rain of the last 1, 2, 3 … hours
    if isinstance(rule, Amounts):
        sums = [back[int(h) - 1] if h <= back.size else np.nan for h in rule.hours]
        reached, share = rule.reached(np.array([sums]), division=division, by_hand=by_hand)
        windows = [
            {
                "hours": float(h),
                "line_mm": float(line),
                "rain_mm": _or_none(mm),
                "reached": bool(hit),
                "share": _or_none(s),
            }
            for h, line, mm, hit, s in zip(
                rule.hours, rule.amount_mm, sums, reached[0], share[0], strict=True
            )
        ]
        outside = rule.reach.check(division, rule.hours, by_hand=by_hand)
        return {"reached": bool(reached.any()), "windows": windows, "enabled_by_hand": outside}
    if isinstance(rule, IntensityDuration):
        hours = np.arange(1.0, back.size + 1)
        kept = hours if by_hand else hours[(hours >= rule.reach.shortest) & (hours <= rule.reach.longest)]
        outside = rule.reach.check(division, kept, by_hand=by_hand)
        lines = rule.intensity(kept, division=division, by_hand=by_hand)
        mean = back[: kept.size] / kept
        top = int(np.argmax(mean / lines))
        worst = {
            "hours": float(kept[top]),
            "intensity_mm_h": round(float(mean[top]), 3),
            "line_mm_h": round(float(lines[top]), 3),
        }
        return {"reached": bool((mean >= lines).any()), "nearest": worst, "enabled_by_hand": outside}
    days = float(max(1, int(np.argmin(np.append(daily >= 0.1, False)))))
    outside = rule.reach.check(division, [days], by_hand=by_hand)
    chance = rule.probability(np.array([effective]), np.array([days]), division=division, by_hand=by_hand)
    return {"probability": round(float(chance[0]), 4), "duration_days": days, "enabled_by_hand": outside}


def _or_none(value: float) -> float | None:
    return None if value != value else round(float(value), 3)


def _risk(given: Mapping[str, Any], pack: Any, lang: str) -> dict[str, Any] | None:
    """Level of weather risk, where the file gives its three parts."""
    import numpy as np

    from anlan.science.slope.risk import geohazard_risk

    if "risk" not in given:
        return None
    parts = given["risk"] if isinstance(given["risk"], dict) else {}
    keys = ("probability", "susceptibility", "vulnerability")
    values = [np.array([number(parts, key, where="risk: ")]) for key in keys]
    one = geohazard_risk(*values, table=pack.data["risk"])
    titles = {int(row["level"]): row["title"][lang] for row in pack.data["level"]}
    level = int(one.level[0])
    return {
        "risk": round(float(one.risk[0]), 4),
        "level": level,
        "title": titles.get(level, {"zh": "无", "en": "none"}[lang]),
        "from_risk": one.from_risk.tolist(),
        "to_verify": one.confidence in ("M?", "X"),
        "pack": vouch(pack, lang),
    }


def _lines(found: Mapping[str, Any], pack: Any, lang: str) -> list[str]:
    words = {
        "zh": ("达到", "未达到", "不适用", "人工启用"),
        "en": ("reached", "not reached", "refused", "enabled by hand"),
    }
    yes, no, refused, hand = words[lang]
    lines = [f"Re = {found['effective_rain_mm']:g} mm"]
    for row in found["rules"]:
        mark = " · 待核实" if row["pack"]["to_verify"] else ""
        mark += f" · {hand}" if row["enabled_by_hand"] else ""
        if row["refused"]:
            lines.append(f"{row['pack']['title']}: {refused}: {row['refused']}")
        elif "probability" in row:
            lines.append(f"{row['pack']['title']}: P = {row['probability']:g}{mark}")
        else:
            lines.append(f"{row['pack']['title']}: {yes if row['reached'] else no}{mark}")
    if found["risk"]:
        lines += [f"{found['risk']['risk']:g}  {found['risk']['title']} · 待核实", cited(pack, lang)]
    return lines
