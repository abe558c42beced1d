"""How a run was computed, in words: the same lines on its page and on its sheet."""

from typing import Any

from anlan.foundation.words import t, w
from anlan.simulate.models import Run
from anlan.simulate.views.runs import (
    NOWCAST_WORDS,
    PRECISION_WORDS,
    PURPOSE_WORDS,
    SOIL_WORDS,
    SOLVER_WORDS,
    named,
)
from anlan.ui.format import full

COMPARED = {  # whether a gauge agrees, and whether the model's peak is the higher one
    (True, True): w("{gauge} 相符：涨幅均方根差 {rmse} 米，模型峰值高 {peak} 米，{n} 个时刻"),
    (True, False): w("{gauge} 相符：涨幅均方根差 {rmse} 米，模型峰值低 {peak} 米，{n} 个时刻"),
    (False, True): w("{gauge} 不符：涨幅均方根差 {rmse} 米，模型峰值高 {peak} 米，{n} 个时刻"),
    (False, False): w("{gauge} 不符：涨幅均方根差 {rmse} 米，模型峰值低 {peak} 米，{n} 个时刻"),
}


def facts_of(run: Run, lang: str) -> list[tuple[str, str]]:
    """Name and value of each line."""

    def say(text: str, **values: object) -> str:
        return t(lang, text, **values)

    params, found = run.params, run.figures
    joint = "；" if lang == "zh" else "; "
    solver = " · ".join(
        (
            say(SOLVER_WORDS[run.model]),
            say(PRECISION_WORDS[params["precision"]]),
            say(w("版本 {n}"), n=run.version),
        )
    )
    return [
        (say(w("下达")), f"{full(run.ordered_at, seconds=False)} · {say(PURPOSE_WORDS[run.purpose])}"),
        (say(w("地形")), named(run.ground, lang)),
        (say(w("降雨")), _rain(run, lang)),
        (say(w("预热")), _warmed(run, lang)),
        (say(w("基流")), _rivers(found, lang)),
        (say(w("下渗")), say(w("SCS 曲线数 {cn}（待核实），{soil}"), cn=params["cn"], soil=say(SOIL_WORDS[params["wetness"]]))),
        (say(w("算法")), solver),
        (say(w("时长")), say(w("{n} 分钟"), n=params["minutes"])),
        (say(w("随机种子")), str(run.seed)),
        (say(w("水量误差")), str(found.get("mass_error", "—"))),
        (say(w("急流格占比")), f"{found.get('fast_percent', '—')}%"),
        *([(say(w("急流改算")), _again(found["again"], lang))] if found.get("again") else []),
        *([(say(w("水位站对比")), joint.join(_gauges(run, lang)))] if run.purpose == "live" else []),
        (say(w("步数")), str(found.get("steps", "—"))),
        (say(w("格数")), str(found.get("cells", "—"))),
    ]  # fmt: skip


def _warmed(run: Run, lang: str) -> str:
    """How long rain had fallen on the ground before minute 0, and whether that was long enough for its water to be under way."""
    warmed, needed = (run.figures.get(name) for name in ("warmed_min", "concentration_min"))
    if warmed is None:
        return "—"
    if not needed:
        return t(lang, w("{n} 分钟；这块地形的汇流时间没有算过"), n=warmed)
    if warmed < needed:
        return t(lang, w("{n} 分钟，短于汇流时间 {m} 分钟：起算前的水没有算全，只会偏少"), n=warmed, m=needed)
    return t(lang, w("{n} 分钟，汇流时间 {m} 分钟"), n=warmed, m=needed)


def _rivers(figures: dict[str, Any], lang: str) -> str:
    """What the rivers carried before the rain; a run of before it could be stated knew none."""
    if not figures:
        return "—"
    if not figures.get("base_rivers"):
        return t(lang, w("地形没有写明基流：从干河道起算"))
    text = w("{n} 条河共 {flow} 立方米每秒；从充满基流的河道起算")
    told = t(lang, text, n=figures["base_rivers"], flow=figures["base_m3_s"])
    if not figures["base_fills_m3_s"]:
        return told
    return told + t(lang, w("，其中 {fills} 立方米每秒还在填湖库、洼地"), fills=figures["base_fills_m3_s"])


def _rain(run: Run, lang: str) -> str:
    rain = run.inputs["rain"]
    if rain["kind"] == "design":
        return t(lang, w("设计雨 {mm} 毫米每小时，{n} 分钟"), mm=rain["mm_h"], n=rain["minutes"])
    seen = t(lang, w("实测雨量站，往前 {n} 分钟；今后："), n=rain["back_min"])
    return seen + t(lang, NOWCAST_WORDS[rain["nowcast"]])


def _again(windows: list[dict[str, Any]], lang: str) -> str:
    """What was run again with Godunov, and what that leaves out."""
    villages, km2 = sum(each["villages"] for each in windows), sum(each["km2"] for each in windows)
    told = t(lang, w("{n} 个村的流域（{km2} 平方公里）用 Godunov 重算。"), n=villages, km2=f"{km2:g}")
    return told + t(lang, w("它不认比格子窄的沟，沟里的水铺在格面上。"))


def _gauges(run: Run, lang: str) -> list[str]:
    """Each river gauge against the model, or why nothing was compared."""
    found = run.figures
    if found.get("uncompared") == "made_up":
        return [t(lang, w("未比较：地形是合成的，水位站读的是另一条河"))]
    return [_gauge(row, lang) for row in found.get("gauges", ())] or [
        t(lang, w("未比较：地形上没有河道水位站"))
    ]


def _gauge(row: dict[str, Any], lang: str) -> str:
    if row["why"]:
        why = w("{gauge} 未比较：没有报数") if row["why"] == "silent" else w("{gauge} 未比较：报数太少")
        return t(lang, why, gauge=row["address"])
    text = COMPARED[row["agrees"], row["peak_m"] >= 0]
    peak = abs(row["peak_m"])
    return t(lang, text, gauge=row["address"], rmse=row["rmse_m"], peak=peak, n=row["moments"])
