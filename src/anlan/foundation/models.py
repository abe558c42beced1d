"""Tables that every room stands on: worlds, the journal, due work, and the places where readers stopped."""

from django.db import models

from anlan.foundation.context import EVERYONE, WORLD_WIDE


class World(models.Model):
    """世界: the live installation, or one exercise. Everything that happens carries its world."""

    scope_by = EVERYONE

    class State(models.TextChoices):
        READY = "ready"
        RUNNING = "running"
        PAUSED = "paused"
        ENDED = "ended"

    key = models.CharField(max_length=12, unique=True)
    title = models.CharField(max_length=200)
    scenario = models.CharField(max_length=60, blank=True)
    settings = models.JSONField(default=dict)
    seed = models.BigIntegerField(default=0)
    now = models.DateTimeField(null=True)  # an exercise's clock; null in the live world, whose clock is real
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    speed = models.FloatField(default=60)  # simulated seconds a real one; 0 = as fast as it can
    state = models.CharField(max_length=8, choices=State.choices, default=State.READY)


class PackSwitch(models.Model):
    """规则包开关: where a pack acts, or no longer does, in the live world; the journal holds why and by whom."""

    scope_by = EVERYONE

    pack = models.CharField(max_length=60)
    code = models.CharField(max_length=12)  # a division's, or * for everywhere
    on = models.BooleanField()
    reason = models.CharField(max_length=200)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["pack", "code"], name="pack_switch_once")]


class Happening(models.Model):
    """Base of everything that happens: it carries its world, also in its unique keys."""

    world = models.ForeignKey("foundation.World", models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class JournalHead(models.Model):
    """日志头: where the chain of a world ends. Its row lock makes sequence and commit order one."""

    scope_by = EVERYONE

    world = models.OneToOneField("foundation.World", models.PROTECT, related_name="+", primary_key=True)
    seq = models.BigIntegerField(default=0)
    hash = models.CharField(max_length=64)


class JournalEntry(Happening):
    """日志: what happened. `text` is what is hashed; the other columns only help to find it."""

    scope_by = "place"

    seq = models.BigIntegerField()
    at = models.DateTimeField()
    name = models.CharField(max_length=60)
    place = models.CharField(max_length=40, blank=True)  # path, for the scope's cut
    subject = models.CharField(max_length=80, blank=True)  # the main ref, to find a thing's whole story
    text = models.TextField()
    hash = models.CharField(max_length=64)
    written_at = models.DateTimeField(auto_now_add=True)  # real time; not hashed

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "seq"], name="journal_gapless")]
        indexes = [
            models.Index(fields=["world", "subject", "seq"]),
            models.Index(fields=["world", "at"]),
            models.Index(fields=["world", "name", "seq"]),
        ]


class TableMark(models.Model):
    """台账印记: a number drawn anew with every change of a table that is kept in memory."""

    scope_by = EVERYONE
    is_restored = False  # a restored table is a changed table

    table = models.CharField(max_length=63, primary_key=True)
    number = models.BigIntegerField()


class Counter(Happening):
    """编号: the last number given for one kind and day, for refs such as A-20210812-003."""

    scope_by = WORLD_WIDE

    kind = models.CharField(max_length=20)
    last = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "kind"], name="counter_once")]


class Task(Happening):
    """到时要办的事: due work of the system itself. Claimed by conditional update, done in its own transaction."""

    scope_by = WORLD_WIDE

    class State(models.TextChoices):
        DUE = "due"
        DONE = "done"
        CANCELLED = "cancelled"
        DEAD = "dead"

    kind = models.CharField(max_length=60)
    key = models.CharField(max_length=120)
    due_at = models.DateTimeField()
    payload = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=State.choices, default=State.DUE)
    tries = models.IntegerField(default=0)
    retry_at = models.DateTimeField(null=True)  # real time
    error = models.TextField(blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "key"], name="task_once")]
        indexes = [models.Index(fields=["world", "state", "due_at", "key"])]


class Cursor(Happening):
    """读到哪里: how far a reader of the journal (or of a channel) has come."""

    scope_by = WORLD_WIDE

    reader = models.CharField(max_length=60)
    seq = models.BigIntegerField(default=0)
    mark = models.CharField(max_length=120, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "reader"], name="cursor_once")]
