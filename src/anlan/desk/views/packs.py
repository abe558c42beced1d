"""规则包: each with its clause, dates, confidence, where it applies and how it was tested; and the back-test."""

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.desk import figures
from anlan.desk.views import critical_rain
from anlan.foundation import packs, rooms, shelf
from anlan.foundation.home import home
from anlan.foundation.packs.pack import SYNTHETIC_ONLY, Pack
from anlan.foundation.words import Text, t, w
from anlan.judge import own
from anlan.judge.queries import backtests
from anlan.judge.queries.backtests import BackTest
from anlan.judge.rules.backtest import PastRun, note_on_tests
from anlan.judge.views.backtests import pack_of
from anlan.places.atlas import atlas
from anlan.ui.acts import address
from anlan.ui.pages import Request, page

KIND_WORDS = {kind: word for kind, (word, _) in rooms.merged("pack_kinds").items()}
SOIL_WORDS = {"dry": w("较干"), "normal": w("一般"), "wet": w("较湿")}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A pack as its page shows it."""

    pack: Pack
    kind_word: str
    in_force: bool
    refused: str
    confidence_word: str
    applies: str
    tests: Text
    can_test: bool


@page("packs.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    """All packs by kind; those in force first."""
    found = packs.load_all(home=home())
    runs = list(backtests.of_pack(request.ctx))
    on = shelf.today(request.ctx)
    by_kind = ((*shelf.own(kind, on).whole, *found.of_kind(kind)) for kind in KIND_WORDS)
    shown = [_shown(request, pack, runs) for rows in by_kind for pack in rows]
    kinds = [(word, [s for s in shown if s.pack.kind == kind]) for kind, word in KIND_WORDS.items()]
    context = {"kinds": [(word, rows) for word, rows in kinds if rows], "here": address(request, "packs")}
    return render(request, "desk/packs.html", context)


@page("packs.view")
@require_GET
def one(request: Request, id: str) -> HttpResponse:
    """One pack with every figure and what stands behind it."""
    mine = (p for kind in KIND_WORDS for p in shelf.own(kind, shelf.today(request.ctx)).whole if p.id == id)
    pack = next(mine, None) or pack_of(request.ctx, id)
    tests = list(backtests.of_pack(request.ctx, pack.id))
    versions = [p for p in packs.of_kind(pack.kind, home=home()) if p.id == pack.id]
    context = {
        "shown": _shown(request, pack, tests),
        "pack": pack,
        "figures": figures.shown(pack),
        "critical": critical_rain.table(pack, request.lang),
        "groups": figures.groups(pack, request.lang),
        "unknown_soil": SOIL_WORDS.get(pack.data.get("threshold", {}).get("wetness_if_unknown", "")),
        "versions": versions,
        "runs": [(test, test.pack_version == pack.version) for test in tests[:20]],
        "here": address(request, "packs"),
        "results_at": address(request, "back-tests"),
    }
    return render(request, "desk/pack.html", context)


def _shown(request: Request, pack: Pack, tests: list[BackTest]) -> Shown:
    runs = [
        PastRun(pack=r.pack, version=r.pack_version, at=r.ran_at, series=1, events=r.result.get("events", 0))
        for r in tests
    ]
    is_threshold = pack.kind == "threshold"
    return Shown(
        pack=pack,
        kind_word=KIND_WORDS[pack.kind],
        in_force=pack.is_in_force(shelf.today(request.ctx)),
        refused=SYNTHETIC_ONLY["en" if request.lang == "en" else "zh"] if pack.synthetic else "",
        confidence_word=own.CONFIDENCE[pack.confidence],
        applies=_applies(pack, request.lang),
        tests=note_on_tests(pack=pack.id, version=pack.version, runs=runs) if is_threshold else "",
        can_test=is_threshold and pack.id not in own.KINDS and not _reads_stages(pack),
    )


def _reads_stages(pack: Pack) -> bool:
    return not set(pack.data["threshold"].get("subjects", ())) & {"gauge", "village"}


def _applies(pack: Pack, lang: str) -> str:
    names = []
    for code in pack.applies_to:
        known = atlas().by_code.get(code)
        names.append(t(lang, w("各地")) if code == "*" else known.name if known else code)
    return "、".join(names)
