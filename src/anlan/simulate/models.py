"""Model runs as jobs: the ground they run over, the run, and the water it told at each village."""

from django.db import models

from anlan.foundation.models import Happening


class Ground(models.Model):
    """地形: a grid of the ground that runs refer to. The file lies in the state folder and is made when first asked for."""

    scope_by = "place__path"

    ref = models.CharField(max_length=40, unique=True)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    dx_m = models.IntegerField()
    maker = models.CharField(max_length=40)  # who makes the file: a name in simulate.running.ground.MAKERS
    synthetic = models.BooleanField(default=True)


class LiveGround(Happening):
    """滚动预报地形: a ground over which this world looks ahead in hard rain, since when, and who switched it on."""

    scope_by = "ground__place__path"

    ground = models.ForeignKey("simulate.Ground", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    by = models.CharField(max_length=40)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "ground"], name="live_ground_once")]


class Run(Happening):
    """模型运行: inputs by reference, model and version, parameters, state, checks, and what came of it."""

    scope_by = "place__path"

    class State(models.TextChoices):
        QUEUED = "queued"
        RUNNING = "running"
        ACCEPTED = "accepted"
        REFUSED = "refused"  # shown with its reasons, never passed on
        CANCELLED = "cancelled"
        FAILED = "failed"

    OPEN = (State.QUEUED, State.RUNNING)

    ref = models.CharField(max_length=24)
    kind = models.CharField(max_length=10, default="flood")  # flood, ensemble
    purpose = models.CharField(max_length=10)  # analyst, live, member
    title = models.CharField(max_length=120, blank=True)  # what somebody called it
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    ground = models.ForeignKey("simulate.Ground", models.PROTECT, related_name="+")
    before = models.ForeignKey(
        "simulate.Run", models.PROTECT, null=True, related_name="+"
    )  # whose minute 0 it starts from
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    model = models.CharField(max_length=20)  # li, godunov
    version = models.CharField(max_length=20)
    params = models.JSONField(default=dict)
    inputs = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    by = models.CharField(max_length=40)
    ordered_at = models.DateTimeField()
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    known_at = models.DateTimeField(null=True)  # from when its answer may be used
    progress = models.IntegerField(default=0)  # percent
    figures = models.JSONField(default=dict)
    reasons = models.JSONField(default=list)
    log = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "ref"], name="run_ref_once")]
        indexes = [models.Index(fields=["world", "state"])]

    @property
    def is_over(self) -> bool:
        """Nothing more comes of it."""
        return self.state not in self.OPEN


class VillageWater(Happening):
    """村庄来水: how deep a run says the water comes where a village's people live, and when."""

    scope_by = "place__path"

    run = models.ForeignKey("simulate.Run", models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    depth_cm = models.IntegerField()
    arrives_at = models.DateTimeField(null=True)  # first 0.3 m; null: it stays below
    households = models.IntegerField(default=0)  # standing in 0.3 m or more
    curve = models.JSONField(default=list)  # [minute from the start, depth cm]
    solver = models.CharField(max_length=20, default="")  # whose word it is, where it is not the run's own
    fast_percent = models.IntegerField(default=0)  # wet cells around the village with Fr > 0.8
    share_percent = models.IntegerField(
        null=True
    )  # 情景占比 of an ensemble: members with 0.3 m or more at a home
    low_cm = models.IntegerField(null=True)  # of an ensemble: a tenth of the members stays below
    high_cm = models.IntegerField(null=True)  # a tenth goes above

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "run", "place"], name="village_water_once")]
