"""Places: divisions of four tiers with dated codes, grids, watched objects, and the schematic map."""

from django.db import models

from anlan.foundation.context import EVERYONE
from anlan.foundation.words import w


class Division(models.Model):
    """行政区划: a city, county, township unit or village. Rows point to a Division, never to a code."""

    scope_by = EVERYONE  # names and outlines of the public map

    class Tier(models.IntegerChoices):
        CITY = 1
        COUNTY = 2
        TOWNSHIP = 3
        VILLAGE = 4

    path = models.CharField(max_length=40, unique=True)
    tier = models.IntegerField(choices=Tier.choices)
    parent = models.ForeignKey("places.Division", models.PROTECT, null=True, related_name="+")
    name = models.CharField(max_length=60)
    kind = models.CharField(max_length=20, blank=True)  # village, community, town, street, zone …
    lon = models.FloatField()
    lat = models.FloatField()
    outline = models.JSONField(default=list)  # rings of [lon, lat], schematic
    synthetic = models.BooleanField(default=True)  # position and outline were generated
    statistical = models.BooleanField(default=False)  # a unit of statistics alone
    residents = models.IntegerField(default=0)
    at_home = models.IntegerField(default=0)
    households = models.IntegerField(default=0)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        indexes = [models.Index(fields=["tier", "path"])]


class DivisionCode(models.Model):
    """区划代码: one code of a division in one system (NBS statistics, MCA civil affairs), with its dates."""

    scope_by = EVERYONE

    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    system = models.CharField(max_length=10)
    code = models.CharField(max_length=20)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["system", "code", "valid_from"], name="division_code_once")
        ]
        indexes = [models.Index(fields=["code"])]


class DivisionAlias(models.Model):
    """别名: another written name of the same place (万福店, 万福)."""

    scope_by = EVERYONE

    division = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    name = models.CharField(max_length=60)


class DivisionChange(models.Model):
    """区划变更: one place was split into others or merged into another, on a day."""

    scope_by = EVERYONE

    kind = models.CharField(max_length=10, choices=[("split", "split"), ("merge", "merge")])
    before = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    after = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    on = models.DateField()


class CommunityGrid(models.Model):
    """网格: the part of a village or community that one grid worker looks after."""

    scope_by = "place__path"

    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    number = models.IntegerField()
    name = models.CharField(max_length=60)
    households = models.IntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "number"], name="grid_once")]


class WatchedObject(models.Model):
    """承灾与管护对象: a reservoir, large pond, school, clinic, shop or place of night work."""

    scope_by = "place__path"

    ref = models.CharField(max_length=60, unique=True)
    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=80)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    lon = models.FloatField()
    lat = models.FloatField()
    flood_limit_cm = models.IntegerField(null=True)  # 汛限水位
    design_cm = models.IntegerField(null=True)  # 设计洪水位
    check_cm = models.IntegerField(null=True)  # 校核洪水位
    capacity = models.IntegerField(null=True)  # people or thousand m³, by kind
    downstream = models.ManyToManyField("places.Division", related_name="+")
    note = models.CharField(max_length=200, blank=True)
    synthetic = models.BooleanField(default=True)


class MapLine(models.Model):
    """河流、道路: a line of the schematic base map."""

    scope_by = EVERYONE

    kind = models.CharField(max_length=10)  # stream, road
    name = models.CharField(max_length=60, blank=True)
    rank = models.IntegerField(default=1)  # 1 is the largest
    points = models.JSONField()  # [lon, lat] …
    synthetic = models.BooleanField(default=True)


class MapLayer(models.Model):
    """图层: a map file of the county's own as it was taken: its shapes, whence they come, and whether the map shows them."""

    scope_by = "path"  # who took it; what is shown is the public map's

    class Kind(models.TextChoices):
        BOUNDARY = "boundary", w("边界")
        STREAM = "stream", w("河流")
        ROAD = "road", w("道路")
        BUILDING = "building", w("房屋")

    class State(models.TextChoices):
        LOOKED = "looked", w("待确认")
        SHOWN = "shown", w("在用")
        PAST = "past", w("已换下")
        UNDONE = "undone", w("已撤回")

    ref = models.CharField(max_length=40, unique=True)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKED)
    file_name = models.CharField(max_length=120)
    digest = models.CharField(max_length=64)  # SHA-256 of the file
    read_as = models.JSONField(default=dict)  # what was declared: layer, crs, column, mend
    told = models.JSONField(default=dict)  # what was found: format, crs, counts, columns, notes, faults
    shapes = models.TextField()  # JSON, in the file's order: place, name, rank, rings or lines
    source = models.CharField(max_length=120, blank=True)
    licence = models.CharField(max_length=120, blank=True)
    dated = models.DateField(null=True)  # of what it shows, not of the file
    path = models.CharField(max_length=40)
    by = models.CharField(max_length=40)
    at = models.DateTimeField()
    shown_at = models.DateTimeField(null=True)
    instead_of = models.ForeignKey("places.MapLayer", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["kind", "state"])]


class FloodArea(models.Model):
    """可能淹没区: a strip along a stream that water may take, and how long after the rain its paths close."""

    scope_by = EVERYONE

    ref = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=60)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    ring = models.JSONField()  # [lon, lat] … closed
    closes_after_min = models.IntegerField()  # after the village's immediate line is crossed
    synthetic = models.BooleanField(default=True)


class Flow(models.Model):
    """上下游: the water of one village comes down to the next along a stream."""

    scope_by = EVERYONE

    upper = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    lower = models.ForeignKey("places.Division", models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["upper", "lower"], name="flow_once")]
