"""Moving people 转移避险: by village and household. Reached never counts as moved."""

from django.db import models

from anlan.foundation.models import Happening


class Evacuation(Happening):
    """转移: one village's move with its stages, and the households counted in."""

    scope_by = "place__path"

    ref = models.CharField(max_length=24)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    call_down = models.CharField(max_length=24, blank=True)  # ref of the call-down that ordered it
    stage = models.CharField(max_length=12)
    stage_at = models.DateTimeField()
    began_at = models.DateTimeField()
    ordered_by = models.CharField(max_length=80)
    destination = models.CharField(max_length=80, blank=True)
    households_to_move = models.IntegerField(default=0)
    people_to_move = models.IntegerField(default=0)
    households_moving = models.IntegerField(default=0)
    households_moved = models.IntegerField(default=0)  # the greater of what names and what headcounts prove
    households_named = models.IntegerField(default=0)  # counted in by name
    households_counted = models.IntegerField(default=0)  # counted at a site, not named
    people_counted = models.IntegerField(default=0)
    people_moved = models.IntegerField(default=0)
    households_refused = models.IntegerField(default=0)
    counted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "ref"], name="evacuation_ref")]
        indexes = [models.Index(fields=["world", "place"])]


class HouseholdMove(Happening):
    """户转移: where one household stands."""

    scope_by = "evacuation__place__path"

    evacuation = models.ForeignKey("move.Evacuation", models.PROTECT, related_name="+")
    household = models.ForeignKey("people.Household", models.PROTECT, related_name="+")
    state = models.CharField(max_length=12)
    at = models.DateTimeField()
    by = models.CharField(max_length=80)
    note = models.CharField(max_length=100, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["evacuation", "household"], name="household_once")]
