"""Runs that people ordered, in all worlds: begun one after the other beside the engine, taken in when they come back."""

import logging
import traceback

from anlan.foundation import worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError
from anlan.simulate import actions, folders, jobs, queries
from anlan.simulate.actions import ensembles, publishing
from anlan.simulate.models import Run
from anlan.simulate.runner import runner

log = logging.getLogger(__name__)


def look() -> None:
    """Begin what waits, take in what is done. Cheap when nothing is there; called twice a second."""
    open_ = Run.objects.filter(purpose="analyst", state__in=(Run.State.QUEUED, Run.State.RUNNING))
    for world_key, ref in list(open_.order_by("pk").values_list("world__key", "ref")):
        ctx = worlds.context(worlds.get(world_key))
        try:
            _step(ctx, ref)
        except Exception as error:
            log.exception("run %s of %s failed", ref, world_key)
            said = (
                error.text.format(**error.values) if isinstance(error, AnlanError) else traceback.format_exc()
            )
            actions.fail(ctx, ref=ref, log=said)


def _step(ctx: Ctx, ref: str) -> None:
    """One run a step further: claimed, sent off, or taken in. A run left over from an engine that died is sent off again."""
    actions.begin(ctx, ref=ref)
    run = queries.run(ctx, ref)
    if run.state != Run.State.RUNNING:
        return
    folder = queries.folder_of(ctx, run)
    is_ensemble = run.kind == ensembles.KIND
    if not runner().knows(str(folder)):
        runner().submit(jobs.ensemble_of(ctx, run) if is_ensemble else jobs.job_of(ctx, run))
    elif runner().is_done(str(folder)):
        publish = ensembles.publish_ensemble if is_ensemble else publishing.publish
        publish(ctx, run=run, found=runner().take(str(folder)))
    elif (percent := folders.progress(folder)) != run.progress:
        Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(progress=percent)
