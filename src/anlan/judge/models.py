"""What the rules found 系统研判, the small state they need to go on, and back-tests of packs."""

from django.db import models

from anlan.foundation.context import WORLD_WIDE
from anlan.foundation.models import Happening


class Threshold(models.Model):
    """阈值: one line that the county drew for a place, or for a stage gauge; with its source, from a day on."""

    scope_by = "place__path"

    ref = models.CharField(max_length=40, unique=True)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    station = models.ForeignKey("observe.Station", models.PROTECT, null=True, related_name="+")
    level = models.CharField(max_length=12)  # prepare, immediate; blue … red
    window = models.CharField(max_length=4, blank=True)  # minutes
    wetness = models.CharField(max_length=6, blank=True)  # any, dry, normal, wet
    rain_tenths = models.IntegerField(null=True)
    stage_cm = models.IntegerField(null=True)
    starts = models.DateField()
    until = models.DateField(null=True)
    source = models.CharField(max_length=120)
    confidence = models.CharField(max_length=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["place", "window", "wetness", "level", "starts"],
                condition=models.Q(station=None),
                name="threshold_of_rain_once",
            ),
            models.UniqueConstraint(
                fields=["station", "level", "starts"],
                condition=models.Q(station__isnull=False),
                name="threshold_of_stage_once",
            ),
        ]


class RuleState(Happening):
    """规则状态: where one pack stands for one place, so that windows rebuilt after a crash repeat nothing."""

    scope_by = WORLD_WIDE

    pack = models.CharField(max_length=60)
    subject = models.CharField(max_length=20)  # what is judged: a division's code, or a stage gauge's address
    version = models.CharField(max_length=64)
    state = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "pack", "subject"], name="rule_state_once")]


class Exceedance(Happening):
    """超警 (系统研判): a line of a pack was crossed at a place. Never a 预警信号."""

    scope_by = "place__path"

    ref = models.CharField(max_length=24)
    pack = models.CharField(max_length=60)
    rule_version = models.CharField(max_length=64)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    station = models.ForeignKey("observe.Station", models.PROTECT, null=True, related_name="+")
    level = models.IntegerField()  # 1 blue … 4 red
    stage = models.CharField(max_length=12, blank=True)  # prepare, immediate
    onset = models.DateTimeField()  # time of the reading that crossed the line
    known_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    quantity = models.CharField(max_length=12)  # rain, stage
    value = models.IntegerField()  # 0.1 mm, or cm
    threshold = models.IntegerField()
    window_min = models.IntegerField(null=True)
    at_least = models.BooleanField(default=False)  # the window was not full: 不小于

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["world", "rule_version", "place", "level", "onset"], name="exceedance_once"
            ),
            models.UniqueConstraint(fields=["world", "ref"], name="exceedance_ref"),
        ]
        indexes = [models.Index(fields=["world", "place", "onset"])]


class BackTest(Happening):
    """回测: one pack against one series: what it would have said."""

    scope_by = "place__path"

    ref = models.CharField(max_length=24)
    pack = models.CharField(max_length=60)
    pack_version = models.CharField(max_length=64)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    series_name = models.CharField(max_length=120)
    series_digest = models.CharField(max_length=64)
    ran_at = models.DateTimeField()
    by = models.CharField(max_length=80)
    result = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "ref"], name="backtest_ref")]
