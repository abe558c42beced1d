"""提前量 in words, for the review page and the terminal: an interval, and no lead said as none."""

from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.judge.queries.foreseen import foreseen
from anlan.judge.queries.lead import Line, Score, score_of
from anlan.judge.rules.lead import Lead
from anlan.places.atlas import Place, atlas
from anlan.simulate import queries as simulate
from anlan.simulate.queries import foretold
from anlan.simulate.rules.score import Counts
from anlan.ui import format as show

LEVELS = {"immediate": w("立即转移线"), "red": w("红色线")}
SOILS = {"dry": w("土壤较干"), "normal": w("土壤一般"), "wet": w("土壤较湿")}
BASELINES = {
    "zero": w("雨停"),
    "persistence": w("按过去一小时持续"),
    "decay": w("每小时减半"),
}


def lead_words(lead: Lead, lang: str) -> str:
    """How many minutes the forecast was ahead, at least and at most; behind or at once is said as such."""
    if lead.is_certain:
        return t(lang, w("早 {a} 到 {b} 分钟"), a=lead.least_min, b=lead.most_min)
    if not lead.is_possible:
        return t(lang, w("没有提前：晚 {a} 到 {b} 分钟"), a=-lead.most_min, b=-lead.least_min)
    if lead.least_min == 0:
        return t(lang, w("最多早 {b} 分钟，也可能同时"), b=lead.most_min)
    return t(lang, w("最多早 {b} 分钟，也可能晚 {a} 分钟"), a=-lead.least_min, b=lead.most_min)


def line_words(line: Line, lang: str) -> str:
    """Which line it is: 立即转移线（土壤较湿）."""
    level = t(lang, LEVELS[line.level])
    if not line.soil:
        return level
    return t(lang, w("{level}（{soil}）"), level=level, soil=t(lang, SOILS[line.soil]))


def score_words(score: Score, lang: str) -> str:
    """How the baseline did on generated nights, in shares of what came and of what was said."""
    counts: Counts = score.counts
    told = {
        name: round(100 * share)
        for name, share in (("pod", counts.pod), ("far", counts.far))
        if share is not None
    }
    return t(
        lang,
        w("{n} 个合成雨夜检验：该报的报出 {pod}%，报出的 {far}% 没来"),
        n=score.nights,
        pod=told.get("pod", "—"),
        far=told.get("far", "—"),
    )


def coming(ctx: Ctx, place: Place, lang: str, at: datetime | None) -> list[dict[str, str]]:
    """The first water that the forecast holding now, or then, expects at a place, and the deepest; nothing where it expects none."""
    found = foreseen(ctx, at=at, path=place.path) if ctx.may("simulate.view") else None
    if found is None:
        return []
    first, deepest = found.villages[0].arrives_at, max(v.depth_cm for v in found.villages)
    assert first is not None
    clock = show.clock(first, at or ctx.now)
    return [{"word": t(lang, w("预报来水")), "value": clock, "unit": f"{deepest / 100:.1f} m"}]


def trust(ctx: Ctx, ref: str, lang: str) -> list[tuple[str, str]]:
    """How far to trust a forecast: which rain it knew and assumes, how that did on generated nights, what is made up."""

    def say(text: str, **values: object) -> str:
        return t(lang, text, **values)

    run = simulate.run(ctx, ref)
    nowcast = run.inputs["rain"]["nowcast"]
    reading, known = (
        show.clock(at, ctx.now) for at in (foretold.reading_at(run), run.known_at or run.ordered_at)
    )
    knew = say(w("{reading} 以前的雨，{known} 起算已知"), reading=reading, known=known)
    found = [(knew, say(w("今后的雨：{what}"), what=say(BASELINES[nowcast])))]
    score = score_of(ctx, nowcast, code=atlas().by_id[run.place_id].code)
    if score:
        found.append((say(w("把握")), score_words(score, lang)))
    if run.ground.synthetic:
        found.append((say(w("只作演练")), say(w("合成地形、合成邻站、糙率待核实"))))
    return found
