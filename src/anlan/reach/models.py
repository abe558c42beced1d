"""Reach 送达: lines out as the county set them up, what was to be told to whom, and each try with what the provider said."""

from django.db import models

from anlan.foundation.models import Happening
from anlan.reach.rules.states import MessageState


class Line(models.Model):
    """外呼线路: one way out as the county has it, with its settings; its secret is sealed. Of the live world alone."""

    scope_by = "place__path"

    class State(models.TextChoices):
        ON = "on"
        OFF = "off"

    ref = models.CharField(max_length=24, unique=True)
    name = models.CharField(max_length=60)
    place = models.ForeignKey(
        "places.Division", models.PROTECT, related_name="+"
    )  # whom it serves, with all below
    kind = models.CharField(max_length=20)
    state = models.CharField(max_length=10, choices=State.choices, default=State.OFF)
    address = models.CharField(max_length=300, blank=True)
    account = models.CharField(max_length=120, blank=True)
    sign = models.CharField(max_length=60, blank=True)
    template = models.CharField(max_length=120, blank=True)
    receivers = models.CharField(max_length=1000, blank=True)
    secret_sealed = models.TextField(blank=True)
    per_second = models.IntegerField(default=10)
    per_number_minute = models.IntegerField(default=2)
    per_number_day = models.IntegerField(default=30)
    from_hour = models.IntegerField(default=0)
    to_hour = models.IntegerField(default=24)
    price_fen = models.IntegerField(default=0)  # of one part
    simulator = models.BooleanField(default=False)
    heard = models.CharField(max_length=200, blank=True)  # where its receipts are read on
    worked_at = models.DateTimeField(null=True)
    trouble = models.CharField(max_length=60, blank=True)
    trouble_since = models.DateTimeField(null=True)


class Message(Happening):
    """一条通知: what one person or one group is to be told. `key` says it once, however often it is asked for."""

    scope_by = "place__path"

    key = models.CharField(max_length=200)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    purpose = models.CharField(max_length=20)
    subject = models.CharField(max_length=60, blank=True)  # call-down or alert that it belongs to
    contact = models.CharField(max_length=80, blank=True)  # ref of the contact point; empty for a group
    to_sealed = models.TextField(blank=True)  # a number typed by hand, for a test
    number_index = models.CharField(max_length=32, blank=True)
    line = models.ForeignKey("reach.Line", models.PROTECT, null=True, related_name="+")
    who = models.CharField(
        max_length=60, blank=True
    )  # duty holder; its text is made when it leaves and kept nowhere
    first = models.IntegerField(default=5)  # what goes first: grade and water
    state = models.CharField(max_length=12, default=MessageState.CREATED)
    made_at = models.DateTimeField()
    try_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.IntegerField(default=0)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "key"], name="message_once")]
        indexes = [
            models.Index(fields=["state", "first", "id"]),
            models.Index(fields=["world", "subject"]),
            models.Index(fields=["number_index", "made_at"]),
        ]


class Attempt(Happening):
    """一次发送: committed before the request leaves; a provider that did not answer leaves it `unknown`, never sent again."""

    scope_by = "message__place__path"

    message = models.ForeignKey("reach.Message", models.PROTECT, related_name="+")
    line = models.ForeignKey("reach.Line", models.PROTECT, related_name="+")
    number = models.IntegerField()
    state = models.CharField(max_length=12, default=MessageState.SENDING)
    provider_id = models.CharField(max_length=100, blank=True, db_index=True)
    parts = models.IntegerField(default=1)
    why = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["message", "number"], name="attempt_once")]
        indexes = [models.Index(fields=["line", "at"])]
