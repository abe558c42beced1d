"""What a run hands out: pictures for the map; and, of an accepted run, files to carry away."""

from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET

from anlan.foundation.words import t, w
from anlan.simulate import queries
from anlan.simulate.exports import polygons, provenance, rasters, tables
from anlan.simulate.exports.provenance import About
from anlan.simulate.exports.sheet import Words, pdf
from anlan.simulate.maps import waters
from anlan.simulate.maps.kinds import kind_of
from anlan.simulate.models import Run
from anlan.simulate.running import ground
from anlan.simulate.views.facts import facts_of
from anlan.simulate.views.result import minute_of
from anlan.simulate.views.runs import named
from anlan.ui.pages import Request, attached, page

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "geojson": "application/geo+json",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


@page("simulate.view")
@require_GET
def water(request: Request, ref: str) -> HttpResponse:
    """A map of a run as a picture of ranks, the whole run's or at `?minute=`; of a refused one too, to find out why."""
    run = queries.run(request.ctx, ref)
    folder = queries.folder_of(request.ctx, run)
    png = waters.picture(folder, kind=kind_of(request.GET.get("map", "")), minute=minute_of(request, run))
    return picture(png)


def picture(png: bytes) -> HttpResponse:
    """A picture of ranks for the map of whoever may see it."""
    reply = HttpResponse(png, content_type="image/png")
    patch_cache_control(reply, private=True, max_age=600)
    return reply


def attachment(request: Request, told: About, what: str, ending: str, body: bytes) -> HttpResponse:
    """A file to carry away, named after its run and what it shows."""
    name = provenance.file_name(told, what, ending, lang=request.lang)
    return attached(HttpResponse(body, content_type=TYPES[ending]), name)


def _asked(request: Request, ref: str) -> tuple[Run, About]:
    run = queries.run(request.ctx, ref)
    return run, provenance.about(request.ctx, run, lang=request.lang)


@page("simulate.view")
@require_GET
def geojson(request: Request, ref: str) -> HttpResponse:
    """The classes of a map as GeoJSON."""
    run, told = _asked(request, ref)
    kind, minute = kind_of(request.GET.get("map", "")), minute_of(request, run)
    body = polygons.geojson(told, queries.folder_of(request.ctx, run), kind=kind, minute=minute)
    what = kind.code if minute is None or not kind.in_time else f"{kind.code}-{minute}min"
    return attachment(request, told, what, "geojson", body)


@page("simulate.view")
@require_GET
def tif(request: Request, ref: str) -> HttpResponse:
    """The maps as GeoTIFF in a ZIP."""
    run, told = _asked(request, ref)
    body = rasters.geotiffs(told, queries.folder_of(request.ctx, run))
    return attachment(request, told, "GeoTIFF", "zip", body)


@page("simulate.view")
@require_GET
def table(request: Request, ref: str) -> HttpResponse:
    """The villages of a run with their curves as CSV."""
    run, told = _asked(request, ref)
    body = tables.villages_csv(told, queries.water(request.ctx, run))
    return attachment(request, told, t(request.lang, w("各村来水")), "csv", body)


@page("simulate.view")
@require_GET
def sheet(request: Request, ref: str) -> HttpResponse:
    """The run on one page, as PDF."""
    run, told = _asked(request, ref)
    over = named(run.ground, request.lang)
    words = Words(title=run.title or over, place=run.place.name, facts=facts_of(run, request.lang))
    body = pdf(
        request.ctx, told, queries.water(request.ctx, run), folder=queries.folder_of(request.ctx, run),
        ground=ground.path_of(run.ground), words=words, lang=request.lang,
    )  # fmt: skip
    return attachment(request, told, t(request.lang, w("一页图表")), "pdf", body)
