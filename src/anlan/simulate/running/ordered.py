"""Runs that people ordered, in all worlds: begun one after the other beside the engine, taken in when they come back."""

import logging
import traceback
from pathlib import Path

from django.db import DatabaseError

from anlan.foundation import health, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError
from anlan.foundation.writing import is_busy
from anlan.simulate import queries
from anlan.simulate.actions import ensembles, publishing, runs
from anlan.simulate.computing import folders
from anlan.simulate.models import Run
from anlan.simulate.running import jobs
from anlan.simulate.running.runner import runner

log = logging.getLogger(__name__)
State = Run.State


def look() -> None:
    """Begin what there is room for, take in what is done, let go what is over. Cheap when nothing is there; called twice a second.

    One run and one ensemble are computed at a time, in the order in which they were asked for; who comes later waits in the queue.
    """
    _let_go()
    rows = Run.objects.filter(purpose="analyst", state__in=Run.OPEN).order_by("pk")
    asked = sorted(
        rows.values_list("state", "kind", "world__key", "ref"), key=lambda row: row[0] == State.QUEUED
    )
    busy = set[str]()
    for state, kind, world_key, ref in asked:
        if state == State.QUEUED and kind in busy:
            continue
        ctx = worlds.context(worlds.get(world_key))
        try:
            if _goes_on(ctx, ref):
                busy.add(kind)
        except Exception as error:
            if is_busy(error):  # the run is as it was; the next look takes the step
                log.warning("run %s of %s waits: others hold the records", ref, world_key)
                continue
            log.exception("run %s of %s failed", ref, world_key)
            _fails(ctx, ref, error)


def _fails(ctx: Ctx, ref: str, error: Exception) -> None:
    """The run broke. Records that are busy broke nothing: the next look tries it again, and so it does where this falls too."""
    if health.passes(error):
        return
    said = error.said("zh") if isinstance(error, AnlanError) else traceback.format_exc()
    try:
        runs.fail(ctx, ref=ref, log=said)
    except DatabaseError:
        log.exception("that run %s of %s failed cannot be written down yet", ref, ctx.world.key)


def _goes_on(ctx: Ctx, ref: str) -> bool:
    """One run a step further: claimed, sent off, or taken in; whether it is still computed.

    A run left over from an engine that died is sent off again.
    """
    run = queries.run(ctx, ref)
    if run.state == State.QUEUED:
        runs.begin(ctx, ref=ref)
        run.refresh_from_db(fields=["state"])
    if run.state != State.RUNNING:
        return False
    folder = queries.folder_of(ctx, run)
    is_ensemble = run.kind == ensembles.KIND
    if str(folder) not in runner().given():
        runner().submit(jobs.ensemble_of(ctx, run) if is_ensemble else jobs.job_of(ctx, run))
    elif runner().is_done(str(folder)):
        publish = ensembles.publish_ensemble if is_ensemble else publishing.publish
        publish(ctx, run=run, found=runner().take(str(folder)))
        return False
    elif (percent := folders.progress(folder)) != run.progress:
        Run.objects.filter(pk=run.pk, state=State.RUNNING).update(progress=percent)
    return True


def _let_go() -> None:
    """Nobody fetches the answer of a run that was cancelled: it is not kept."""
    refs = [Path(folder).name for folder in runner().given()]
    over = Run.objects.filter(ref__in=refs).exclude(state__in=Run.OPEN)
    for world_key, ref in over.values_list("world__key", "ref"):
        runner().drop(str(folders.folder(world_key, ref)))
