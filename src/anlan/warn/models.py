"""Public alerts 预警, imported or our own."""

from django.db import models

from anlan.foundation.models import Happening


class Alert(Happening):
    """预警: one message of a chain; a later one points to the one it updates, cancels or clears."""

    scope_by = ("place__path", "names__path")

    ref = models.CharField(max_length=24)
    kind = models.CharField(max_length=12, default="alert")  # alert, notice (风险提示)
    source = models.CharField(max_length=10)  # own, imported
    issuer = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")
    issuer_name = models.CharField(max_length=80)
    event_type = models.CharField(max_length=10)
    level = models.IntegerField()
    message = models.CharField(max_length=10, default="alert")  # alert, update, cancel, all_clear
    state = models.CharField(max_length=12)
    revision = models.IntegerField(default=1)
    place = models.ForeignKey(
        "places.Division", models.PROTECT, related_name="+"
    )  # smallest that holds all named
    names = models.ManyToManyField("places.Division", related_name="+")
    polygon = models.JSONField(default=list)  # rings of [lon, lat]
    headline = models.CharField(max_length=200)
    description = models.TextField(blank=True)
    instruction = models.TextField(blank=True)
    by_when = models.TextField(blank=True)  # 什么时候: the last part of the plain words, ours alone
    joint_with = models.JSONField(default=list)  # refs of the organisations that issue it with us
    cosigned = models.JSONField(
        default=dict
    )  # ref of such a unit → who agreed for it, when, to which revision
    predecessor = models.ForeignKey("warn.Alert", models.PROTECT, null=True, related_name="+")
    drafted_at = models.DateTimeField()
    drafted_by = models.CharField(max_length=80)
    edited_by = models.JSONField(default=list)
    submitted_at = models.DateTimeField(null=True)
    reviewed_by = models.CharField(max_length=80, blank=True)
    reviewed_at = models.DateTimeField(null=True)
    approved_by = models.CharField(max_length=80, blank=True)
    approved_at = models.DateTimeField(null=True)
    approved_revision = models.IntegerField(null=True)
    returned_why = models.CharField(max_length=200, blank=True)
    approval = models.CharField(max_length=10, blank=True)  # signed, verbal
    verbal = models.JSONField(default=dict)  # who heard what from whom; names and numbers sealed
    countersign_by = models.DateTimeField(null=True)
    countersigned_at = models.DateTimeField(null=True)
    issued_at = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    sender = models.CharField(max_length=60, blank=True)  # of its CAP; an identifier is unique for it alone
    identifier = models.CharField(max_length=60, blank=True)
    part = models.IntegerField(default=0)  # of a file that warns of several levels or kinds
    cap = models.TextField(blank=True)  # the signed CAP 1.2 as it went out or came in
    cause = models.CharField(max_length=24, blank=True)  # ref of the exceedance that proposed it
    doubtful = models.CharField(max_length=200, blank=True)  # why something of it is 待核实

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "ref"], name="alert_ref"),
            models.UniqueConstraint(
                fields=["world", "sender", "identifier", "issued_at", "part"],
                condition=~models.Q(identifier=""),
                name="alert_identifier",
            ),
        ]
        indexes = [models.Index(fields=["world", "state", "issued_at"])]
