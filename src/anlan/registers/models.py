"""Tables of the kit, and `Entry`, the base of a register's table that is made for it."""

from django.db import models

from anlan.foundation.context import EVERYONE, WORLD_WIDE
from anlan.foundation.models import Happening


class Entry(Happening):
    """A row of a register that goes on by steps: its ref and its state. The room adds `scope_by`, its place and its columns."""

    ref = models.CharField(max_length=40)
    state = models.CharField(max_length=40)

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["world", "ref"], name="%(app_label)s_%(class)s_ref")]


class Deadline(Happening):
    """期限: by when an entry must leave the state in which it stands; gone with the step that does."""

    scope_by = "place"

    register = models.CharField(max_length=40)
    ref = models.CharField(max_length=80)
    place = models.CharField(max_length=40, blank=True)  # path
    stands = models.CharField(max_length=40)  # the state
    since = models.DateTimeField()
    due_at = models.DateTimeField()
    is_told = models.BooleanField(default=False)  # that it is late, in the journal

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "register", "ref"], name="deadline_once")]
        indexes = [models.Index(fields=["world", "due_at"])]


class SavedView(models.Model):
    """存下的视图: filters, order and columns of a register's list under a name, for who made it or for their whole unit."""

    scope_by = EVERYONE

    register = models.CharField(max_length=40)
    name = models.CharField(max_length=40)
    owner = models.CharField(max_length=80)
    unit = models.CharField(max_length=80, blank=True)  # of the owner, where it is shared with it
    asked = models.CharField(max_length=1000)  # as it stands in the address

    class Meta:
        constraints = [models.UniqueConstraint(fields=["register", "owner", "name"], name="saved_view_once")]


class Attachment(Happening):
    """附件: a photo or paper of an entry, by the hash of its content; the content lies sealed in the home folder."""

    scope_by = "place"

    register = models.CharField(max_length=40)
    ref = models.CharField(max_length=80)
    place = models.CharField(max_length=40, blank=True)  # path
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=40)  # by its content
    size = models.IntegerField()
    by = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["world", "register", "ref", "digest"], name="attached_once")
        ]
        indexes = [models.Index(fields=["digest"])]

    @property
    def is_picture(self) -> bool:
        return self.kind.startswith("image/")

    @property
    def kilobytes(self) -> int:
        return max(1, round(self.size / 1024))


class Sent(Happening):
    """送来的表单: a form's or file's own key, so that a second press changes nothing."""

    scope_by = WORLD_WIDE

    key = models.CharField(max_length=80)
    ref = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "key"], name="sent_once")]


class Upload(Happening):
    """上传的表册: a file that somebody sent for a register, kept sealed until it is saved or a day has passed."""

    scope_by = WORLD_WIDE

    class State(models.TextChoices):
        LOOKED = "looked"
        WAITING = "waiting"
        SAVED = "saved"
        CANCELLED = "cancelled"
        REFUSED = "refused"

    ref = models.CharField(max_length=40)
    register = models.CharField(max_length=40)
    name = models.CharField(max_length=120)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.LOOKED)
    counts = models.JSONField(default=dict)
    trouble = models.CharField(max_length=400, blank=True)  # why it was refused when its turn came
    saved_by = models.CharField(max_length=80, blank=True)
    saved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["world", "ref"], name="upload_ref")]


class Revision(Happening):
    """改动: before and after of the columns that one save changed, personal ones sealed, so that it can be taken back."""

    scope_by = WORLD_WIDE

    register = models.CharField(max_length=40)
    ref = models.CharField(max_length=80)
    by = models.CharField(max_length=80)
    at = models.DateTimeField()
    upload = models.CharField(max_length=120, blank=True)
    is_new = models.BooleanField()
    event = models.CharField(max_length=60, blank=True)  # of the register's life, where a step was taken
    columns = models.JSONField()  # name → [before, after]
    taken_back = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["world", "register", "ref"]),
            models.Index(fields=["world", "register", "upload"]),
        ]
