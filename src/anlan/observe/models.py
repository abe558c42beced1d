"""Stations and what went wrong with them. Readings themselves live in the reading store (observe.store)."""

from django.db import models

from anlan.foundation.models import Happening


class Station(models.Model):
    """测站: a rain or stage gauge that reports by itself."""

    scope_by = "place__path"

    address = models.CharField(max_length=10, unique=True)  # SL 651 station address, ten digits
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=10)  # rain, stage
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    lon = models.FloatField()
    lat = models.FloatField()
    password_sealed = models.TextField()
    link = models.CharField(max_length=20, blank=True)
    serves = models.ManyToManyField(
        "places.Division", related_name="+"
    )  # villages that this gauge decides for
    stream = models.CharField(max_length=60, blank=True)
    object_ref = models.CharField(max_length=40, blank=True)  # a reservoir whose level it reads
    warning_cm = models.IntegerField(null=True)  # 警戒水位
    guarantee_cm = models.IntegerField(null=True)  # 保证水位
    highest_cm = models.IntegerField(null=True)  # 历史最高水位
    is_town_gauge = models.BooleanField(default=False)
    synthetic = models.BooleanField(default=True)


class StationSilence(Happening):
    """测站静默: a station that should have reported and did not."""

    scope_by = "station__place__path"

    station = models.ForeignKey("observe.Station", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    noticed_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "station", "since"], name="silence_once")]


class SoilSetting(Happening):
    """土壤含水设定: how wet somebody holds the ground of a place to be, until when; it overrules what the rain says."""

    scope_by = "place__path"

    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    wetness = models.CharField(max_length=8, blank=True)  # dry, normal, wet; empty: the rain decides again
    is_assumed = models.BooleanField(default=False)  # a scenario's assumption: 待核实
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["world", "until"])]


class ImportRun(Happening):
    """数据导入: one uploaded CSV, what was taken and which rows were not."""

    scope_by = "place__path"

    class State(models.TextChoices):
        READ = "read"  # shown to the person, who has not confirmed yet
        QUEUED = "queued"  # waits for the engine, the only writer of readings
        DONE = "done"

    ref = models.CharField(max_length=24)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    paths = models.JSONField(null=True)  # where the importer may write; null: everywhere
    file_name = models.CharField(max_length=120)
    encoding = models.CharField(max_length=20, blank=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by = models.CharField(max_length=40)
    state = models.CharField(max_length=8, choices=State.choices, default=State.READ)
    rows = models.IntegerField(default=0)
    taken = models.IntegerField(default=0)
    repeats = models.IntegerField(default=0)
    errors = models.JSONField(default=list)  # [line, column, text, value]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "ref"], name="import_once")]
