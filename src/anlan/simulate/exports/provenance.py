"""What every export says of itself: which run, from what, how good, made when and by whom, and what it must not be taken for."""

from dataclasses import dataclass
from typing import Any

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict
from anlan.foundation.words import t, w
from anlan.simulate.computing.shapes import WET_M
from anlan.simulate.models import Run
from anlan.simulate.running import jobs
from anlan.ui.format import beijing

LIMITS = w(
    "模型算的是可能，不是预警；叫应和转移按规则包和值班命令办。水深在住房处，0.3 米算进水，精确到厘米和分钟。"
)
SYNTHETIC = w("地形、周边雨量、糙率是合成的，只作演练。")
DRILL = w("演练　不是真实灾情")


@dataclass(frozen=True)
class About:
    """A run as an export tells it; `facts` are for machines, in English keys, without anybody's number or name in full."""

    run: Run
    facts: dict[str, Any]

    @property
    def line(self) -> str:
        """In one ASCII line, for a file that has room for no more."""
        f = self.facts
        marks = [
            word for word, on in (("EXERCISE", f["exercise"]), ("SYNTHETIC TERRAIN", f["synthetic"])) if on
        ]
        said = f"anlan run {f['run']}, {f['solver']} {f['precision']} v{f['version']}, from {f['starts_at']}"
        return "; ".join([*marks, said, "a model's word, no warning"])


def about(ctx: Ctx, run: Run, *, lang: str) -> About:
    """Raises: Conflict for a run that is not accepted."""
    if run.state != Run.State.ACCEPTED:
        raise Conflict("只有可用的结果能导出。这次运行不可用，原因写在它的页面上。")
    head = journal.head(ctx.world)
    limits = [t(lang, LIMITS), *([t(lang, SYNTHETIC)] if run.ground.synthetic else [])]
    facts: dict[str, Any] = {
        "run": run.ref,
        "title": run.title,
        "state": run.state,
        "exercise": not ctx.world.is_live,
        "synthetic": run.ground.synthetic,
        "ground": run.ground.ref,
        "cell_m": run.ground.dx_m,
        "solver": run.model,
        "version": run.version,
        "precision": run.params["precision"],
        "wetness": run.params["wetness"],
        "curve_number": run.params["cn"],
        "minutes": run.params["minutes"],
        "rain": run.inputs["rain"],
        "seed": run.seed,
        "starts_at": beijing(jobs.starts_at(run)).isoformat(timespec="seconds"),
        "ordered_at": beijing(run.ordered_at).isoformat(timespec="seconds"),
        "mass_error": run.figures.get("mass_error"),
        "fast_percent": run.figures.get("fast_percent"),
        "wet_m": WET_M,
        "made_at": beijing(ctx.now).isoformat(timespec="seconds"),
        "made_by": maker(ctx),
        "journal": {"seq": head.seq, "hash": head.hash},
        "limits": limits,
    }
    return About(run, facts)


def maker(ctx: Ctx) -> str:
    """Who carries it away, as the page's head names them."""
    return " ".join(filter(None, (ctx.actor.organisation, ctx.actor.title, ctx.actor.name))) or ctx.actor.ref


def file_name(told: About, what: str, ending: str, *, lang: str) -> str:
    """Drill and synthetic ground stand in the name: it is what is left of a file in a mail."""
    marks = [t(lang, w("演练"))] if told.facts["exercise"] else []
    marks += [t(lang, w("合成地形"))] if told.facts["synthetic"] else []
    return "_".join([told.run.ref, *marks, what]).replace(" ", "-") + f".{ending}"
