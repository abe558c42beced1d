"""Call-down 叫应: whom we called, what they said, and who went to the door."""

from django.db import models

from anlan.foundation.models import Happening
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import w


class SignedOrder(models.Model):
    """长效指令: what starts by itself at a place and below it, signed beforehand by the one who may; of a place the last counts."""

    scope_by = "place__path"

    ref = models.CharField(max_length=40, unique=True)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    document_no = models.CharField(max_length=60)
    text = models.TextField()
    starts = models.JSONField()  # the rows of the order as they stood when it was signed
    may_hold = models.BooleanField()
    signed_by = models.CharField(max_length=80)  # office and name, as on the paper
    signed_at = models.DateTimeField()
    entered_by = models.CharField(max_length=80)
    expires = models.DateField()  # the first day on which it no longer holds
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=80, blank=True)
    ended_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["place", "document_no"], name="order_once")]


class CallDown(Happening):
    """三个叫应: all addressees of one township, called at once for one cause at one grade."""

    scope_by = "place__path"

    ref = models.CharField(max_length=24)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    grade = models.IntegerField()
    stage = models.CharField(max_length=12, blank=True)  # evacuation stage that it tells
    cause = models.CharField(max_length=24)  # ref of exceedance or alert
    order_no = models.CharField(max_length=60)  # the standing order it ran by
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    version = models.IntegerField(
        default=0
    )  # moves with every change, so that a value read before is known stale
    held_at = models.DateTimeField(null=True)
    held_by = models.CharField(max_length=80, blank=True)
    held_reason = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "ref"], name="calldown_ref"),
        ]
        indexes = [models.Index(fields=["world", "place", "opened_at"])]

    @property
    def stage_word(self) -> str:
        return Stage(self.stage).word if self.stage else w("只叫应")


class CallLine(Happening):
    """叫应线: one addressee with the ladder of people who stand for it."""

    scope_by = "place__path"

    call_down = models.ForeignKey("call.CallDown", models.PROTECT, related_name="+")
    key = models.CharField(max_length=80)
    kind = models.CharField(max_length=12)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    rungs = models.JSONField()  # [{key, stands_for_place, holders: [ref]}]
    wanted = models.IntegerField(default=1)
    state = models.CharField(max_length=14)
    rung = models.IntegerField(default=0)
    opened_at = models.DateTimeField()
    rung_opened_at = models.DateTimeField(null=True)
    door_check_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    closed_why = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call_down", "key"], name="line_once")]


class Call(Happening):
    """一次呼叫: to one contact point. `key` is the idempotency key, committed before the request leaves."""

    scope_by = "place__path"

    call_down = models.ForeignKey("call.CallDown", models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    key = models.CharField(max_length=160)
    holder = models.ForeignKey("people.DutyHolder", models.PROTECT, related_name="+")
    contact = models.CharField(max_length=80)  # ref of the contact point, or `door`
    channel = models.CharField(max_length=12)
    grade = models.IntegerField()
    round = models.IntegerField()
    placed_at = models.DateTimeField()
    deadline = models.DateTimeField()
    state = models.CharField(max_length=14)
    sent = models.BooleanField(default=False)  # the channel has taken it
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "key"], name="call_once")]
        indexes = [
            models.Index(fields=["world", "state", "deadline"]),
            models.Index(fields=["world", "sent"]),
        ]


class Answer(Happening):
    """回执: what a person said. A later answer replaces an earlier one; both stay."""

    scope_by = "place__path"

    call_down = models.ForeignKey("call.CallDown", models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    holder = models.ForeignKey("people.DutyHolder", models.PROTECT, related_name="+")
    call_key = models.CharField(max_length=160, blank=True)
    key = models.CharField(max_length=200)  # idempotency key from the phone, page or network
    kind = models.IntegerField()
    at = models.DateTimeField()
    channel = models.CharField(max_length=12)
    households = models.IntegerField(null=True)
    people = models.IntegerField(null=True)
    words = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "key"], name="answer_once")]


class DoorCheck(Happening):
    """敲门核查: silence sends someone to the door, or a gong where nobody may go."""

    scope_by = "place__path"

    class State(models.TextChoices):
        ORDERED = "ordered"
        DONE = "done"
        OVERDUE = "overdue"
        CANCELLED = "cancelled"

    ref = models.CharField(max_length=24)
    call_down = models.ForeignKey("call.CallDown", models.PROTECT, related_name="+")
    line = models.ForeignKey("call.CallLine", models.PROTECT, related_name="+")
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    holder = models.ForeignKey("people.DutyHolder", models.PROTECT, null=True, related_name="+")
    means = models.CharField(max_length=40)  # person, gong, siren, loudspeaker, next_group
    why = models.JSONField(default=dict)  # distance, ETA, and why each other was not sent
    ordered_at = models.DateTimeField()
    due_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ORDERED)
    done_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=20, blank=True)
    households = models.IntegerField(null=True)
    sent = models.BooleanField(default=False)  # a channel has taken the errand

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "ref"], name="doorcheck_ref")]


class ContactLost(Happening):
    """失联: two silent stations or holders in one township count as the worst case."""

    scope_by = "place__path"

    ref = models.CharField(max_length=24)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    since = models.DateTimeField()
    why = models.JSONField(default=dict)
    step = models.IntegerField(default=0)
    step_deadline = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    ended_by = models.CharField(max_length=60, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "ref"], name="contactlost_ref")]
