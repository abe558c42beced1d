"""A call-down opened by hand while an exercise runs: it comes late for the driver's clock, and stops nothing."""

from pathlib import Path

import pytest

from tests.support.installation import Installation
from tests.support.patience import PATIENCE_S, eventually

pytestmark = pytest.mark.slow

START = """
ready()
from anlan.conf.replaying import of_that_night
from anlan.demo.exercises import new_liulin
from anlan.foundation.worlds import World
world = new_liulin(speed=0, since=of_that_night("03:10"), until=of_that_night("03:20"), forecast=False, own_engine=True)
World.objects.filter(pk=world.pk).update(state="running")
told = world.key
"""
BY_HAND = """
import time
from datetime import timedelta
from anlan.foundation import worlds
from anlan.foundation.worlds import World
from anlan.call.actions.callout import call_by_hand
while worlds.clock(worlds.get("x1")).isoformat() < "2021-08-11T19:10":
    time.sleep(0.05)
World.objects.filter(key="x1").update(speed=60)
ctx = worlds.context(worlds.get("x1"))
late = ctx.at(ctx.now - timedelta(seconds=80))  # of a page that stood open
told = call_by_hand(late, places=["421321106"], grade="red", stage="move", reason="人工叫应")
"""
LOOK = """
from django.apps import apps
from anlan.foundation import worlds
world = worlds.get("x1")
rows = lambda name: apps.get_model("call", name).objects.filter(world=world, call_down__ref=told_ref)
told = [world.state, rows("Answer").count(), rows("Call").filter(state="sending").count()]
"""


def test_a_call_down_by_hand_between_two_ticks_has_its_answers_and_the_night_goes_to_its_end(
    tmp_path: Path,
) -> None:
    there = Installation(tmp_path).with_city()
    world = there.python(START)
    engine = there.start("engine", "--only", world)
    try:
        (ref,) = there.python(BY_HAND)
        assert eventually(lambda: engine.poll() is not None), "the engine ends with its exercise"
    finally:
        engine.terminate()
        engine.wait(PATIENCE_S)
    state, answers, waiting = there.python(f"told_ref = {ref!r}\n{LOOK}")
    there.python(f"from anlan.exercise.field.client import FieldClient\ntold = FieldClient({world!r}).stop()")
    assert state == "ended"
    assert answers > 0
    assert waiting == 0
