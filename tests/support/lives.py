"""Every life cycle, and the stage of `routes` put into each of its states in turn.

A life cycle is a column called `state` or `stage`; a new one without its enum here fails the walk. In round k every row of
a table stands in another state, so that after `ROUNDS` rounds each row has been in every one.
"""

from collections.abc import Iterable

from django.apps import apps
from django.db import models

from anlan.call import calldown_rows
from anlan.call.rules.calldown.shapes import CallState, LineState
from anlan.foundation.rules.stage import Stage
from anlan.move.models import Evacuation, HouseholdMove
from anlan.move.rules.evacuation import HouseholdState
from anlan.people.models import Household
from anlan.reach.rules.states import MessageState
from anlan.warn.rules.alert.shapes import State as AlertState
from tests.support import alertfolk
from tests.support.routes import Stage as Scene
from tests.support.routes import make_stage

LIVES: dict[str, Iterable[str]] = {
    "Alert.state": AlertState,
    "CallLine.state": LineState,
    "Call.state": CallState,
    "CallDown.stage": Stage,
    "Evacuation.stage": Stage,
    "HouseholdMove.state": HouseholdState,
    "Message.state": MessageState,
    "Attempt.state": MessageState,
    "Exceedance.stage": ("prepare", "immediate"),
}
"""States of columns that say no choices of their own."""
NO_LIFE = {"RuleState.state": "what a rule remembers, as JSON"}


def columns() -> dict[str, tuple[type[models.Model], str]]:
    """Every column that holds a state, by the table's name and its own."""
    fields = (field for model in apps.get_models() for field in model._meta.concrete_fields)
    found = {
        f"{field.model.__name__}.{field.name}": (field.model, field.name)
        for field in fields
        if field.name in ("state", "stage") and field.model.__module__.startswith("anlan.")
    }
    return {name: column for name, column in found.items() if name not in NO_LIFE}


def states(name: str) -> list[str]:
    model, column = columns()[name]
    choices = model._meta.get_field(column).choices
    return [str(value) for value, _ in choices] if choices else [str(value) for value in LIVES[name]]


ROUNDS = max(len(list(values)) for values in LIVES.values())


def make_scene() -> Scene:
    """The stage, with an issued alert of our own, and households that somebody marked."""
    scene = make_stage()
    alertfolk.staff(scene.mini)
    scene.refs["alert"] = alertfolk.issued(scene.mini)
    evacuation = Evacuation.objects.get(ref=scene.refs["evacuation"])
    for household in Household.objects.filter(place=evacuation.place, in_danger=True):
        HouseholdMove.objects.update_or_create(
            evacuation=evacuation, household=household,
            defaults={"world_id": evacuation.world_id, "state": HouseholdState.MOVING, "at": evacuation.stage_at, "by": "test"},
        )  # fmt: skip
    return scene


def turn(number: int) -> None:
    """Put every row of every life cycle into the state of this round."""
    for name, (model, column) in columns().items():
        values = states(name)
        for n, pk in enumerate(model._base_manager.order_by("pk").values_list("pk", flat=True)):
            model._base_manager.filter(pk=pk).update(**{column: values[(number + n) % len(values)]})
    calldown_rows._kept.clear()
