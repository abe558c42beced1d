"""Moments of a run 时刻: a minute of the model as a clock that people read, and the stops of the slider over a map."""

from datetime import datetime, timedelta
from typing import Any

from anlan.foundation.words import t, w
from anlan.simulate.models import Run
from anlan.simulate.running import jobs
from anlan.ui.format import clock

MINUTE = timedelta(minutes=1)


def at(start: datetime, minute: int) -> datetime:
    """The moment of a minute of the run."""
    return start + minute * MINUTE


def minute_of(start: datetime, moment: datetime | None) -> int | None:
    """The minute of the run in which a moment lies; None for none."""
    return None if moment is None else round((moment - start) / MINUTE)


def marks(run: Run, lang: str) -> list[str]:
    """What a map of the run must say of itself, whatever it shows."""
    told = ((run.state == Run.State.REFUSED, w("拒用")), (run.ground.synthetic, w("合成地形")))
    return [t(lang, word) for is_so, word in told if is_so]


def says(run: Run, minute: int, *, now: datetime, lang: str) -> str:
    """ "预报 04:30（第 30 分钟） · 合成地形"."""
    when = clock(at(jobs.starts_at(run), minute), now)
    sentence = w("预报 {clock}（第 {n} 分钟）") if run.purpose == "live" else w("{clock}（第 {n} 分钟）")
    return " · ".join([t(lang, sentence, clock=when, n=minute), *marks(run, lang)])


def stops(run: Run, here: str, *, now: datetime, lang: str) -> list[dict[str, Any]]:
    """Each moment that was kept, as `ui/parts/frames.html` takes it. `here`: the address of the run's page."""
    return [
        {
            "url": f"{here}?minute={minute}",
            "water": f"{here}/water?minute={minute}",
            "minute": minute,
            "word": t(lang, w("{n} 分钟"), n=minute),
            "says": says(run, minute, now=now, lang=lang),
            "is_chosen": False,
        }
        for minute in run.figures.get("kept_min", ())
    ]
