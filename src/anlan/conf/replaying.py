"""The two halves around a replay: the exercise it runs in, and the words it ends with."""

import argparse
from datetime import timedelta
from typing import Any

from anlan.demo import loader
from anlan.demo.city.build import PERSON_ROWS
from anlan.demo.city.build import SEED as CITY_SEED
from anlan.demo.exercises import SEED, is_loaded, new_liulin
from anlan.demo.liulin.scenario import load_scenario
from anlan.exercise import report as exercise
from anlan.foundation import worlds
from anlan.foundation.errors import Conflict
from anlan.foundation.home import home
from anlan.foundation.worlds import World, beijing
from anlan.judge.queries.lead_words import lead_words
from anlan.judge.rules.lead import Lead
from anlan.people.accounts.administration import is_anybody_known

DEMO = "demo_city"
"""A setting of the live world that only the demo's own loading writes: it travels in a backup, and no real city has it."""


def load_city_once() -> None:
    """Put the demo city into an empty installation. Raises: Conflict where a real one stands, or is being set up."""
    live = worlds.get("live")
    if live.settings.get(DEMO):
        return
    if is_loaded() or is_anybody_known():
        raise Conflict(
            "{home} 里是真实的城市或账号，演示和复演不进这里。请把 ANLAN_HOME 设成另一个空文件夹。",
            home=home(),
        )
    loader.load(worlds.context(live), seed=CITY_SEED, person_rows=PERSON_ROWS)
    World.objects.filter(pk=live.pk).update(settings={**live.settings, DEMO: True})


def prepare_world(args: argparse.Namespace) -> str:
    """The exercise to run: a new one, or the one to go on with."""
    world = worlds.get(args.resume) if args.resume else None
    load_city_once()
    if world is None:
        world = new_liulin(
            hours=args.hours,
            seed=SEED if args.seed is None else args.seed,
            speed=args.speed,
            own_engine=True,
            phones_fail_at=args.phones_fail_at or "",
            since=of_that_night(args.since),
            until=of_that_night(args.until),
            forecast=args.forecast,
        )
    World.objects.filter(pk=world.pk).exclude(state=World.State.ENDED).update(state=World.State.RUNNING)
    return world.key


def of_that_night(clock: str | None) -> str:
    """An ISO moment of the night for a Beijing clock time: afternoon and evening are the day on which it began."""
    if not clock:
        return ""
    begins = beijing(load_scenario().starts_at)
    moment = begins.replace(hour=int(clock[:2]), minute=int(clock[3:]))
    return (moment if moment >= begins else moment + timedelta(days=1)).isoformat()


def told(found: dict[str, Any]) -> str:
    """The result in a screenful for a person."""
    return "\n".join(
        [
            f"雨量  六小时 {found['rain']['six_hour_mm']} mm，04–07 时 {found['rain']['h04_07_mm']} mm",
            *exercise.told(found),
            f"提前  最强一小时结束前 {found['lead_minutes_before_peak']} 分钟点名柳林"
            f"（当夜公布：{found['published']['lead_minutes_before_peak']} 分钟）",
            *_foretold(found["forecast"]),
            f"日志  {found['journal']['entries']} 条，{found['journal']['head']}",
            "演练：模拟线路、合成数据；雨量为公布值。",
        ]
    )


def _foretold(forecast: dict[str, Any] | None) -> list[str]:
    """What the model said first and its lead on the lines, with what is made up in it; nothing where it did not look ahead."""
    if forecast is None:
        return []
    first = forecast["first"]
    if first is None:
        return ["预报  这一夜没有一次预报报出来水"]
    cost = first["run_cost_s"] // 60
    known = f"资料到 {first['reading_at'][11:16]}，声明用时 {cost} 分钟，{first['known_at'][11:16]} 起算已知"
    score = first["score"]
    trust = "没有检验过"
    if score:
        nights = f"{score['generated_nights']} 个合成雨夜"
        trust = f"{nights} POD {score['pod']}、FAR {score['far']}、CSI {score['csi']}（同一模型作真值）"
    return [
        f"预报  首报 {len(first['villages'])} 村来水，{known}",
        *(f"      {_line(line)}" for line in forecast["lines"]),
        f"      源雨量只到 {forecast['source_minutes']} 分钟一个值，提前量只能是区间；今后的雨按 {first['nowcast']} 外推，{trust}",
        _swift(forecast["swift"]),
        "      合成地形、合成邻站、糙率待核实。",
    ]


def _swift(told: dict[str, int]) -> str:
    """How the night stood to the range of local inertial: whom Godunov was asked for."""
    return (
        f"      {told['runs']} 次预报，各村周围急流格（Fr > 0.8）最多 {told['most_percent']}%，用 Godunov 改算 {told['again']} 村次，"
        f"不下结论 {told['nobody']} 村次"
    )


def _line(line: dict[str, Any]) -> str:
    names = {"immediate": "立即转移线", "red": "红色线"}
    least, most = line["lead_minutes"]
    span = f"{line['after'][11:16]}–{line['until'][11:16]}"
    return (
        f"{names[line['level']]}（{span} 之间越过）：{lead_words(Lead(least_min=least, most_min=most), 'zh')}"
    )
