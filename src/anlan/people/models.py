"""People: organisations, posts, duty holders, shifts, accounts, contact points, households.

Names and numbers are sealed (foundation.crypto); `*_index` columns find them by keyed hash.
"""

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils.crypto import salted_hmac

from anlan.foundation.context import EVERYONE, WORLD_WIDE


class Organisation(models.Model):
    """机构: a government, bureau, station or headquarters, and the places that it commands."""

    scope_by = EVERYONE

    ref = models.CharField(max_length=60, unique=True)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=30)  # government, emergency, weather, water, zone, scenic, reservoir …
    place = models.ForeignKey("places.Division", models.PROTECT, null=True, related_name="+")
    parent = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")
    commands = models.ManyToManyField("places.Division", related_name="+")
    unit_code = models.CharField(max_length=14, blank=True)  # 14 digits of the national warning platform
    synthetic = models.BooleanField(default=True)


class Post(models.Model):
    """岗位: a role in an organisation and the places it answers for. A scope is built from it."""

    scope_by = EVERYONE

    ref = models.CharField(max_length=60, unique=True)
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    title = models.CharField(max_length=60)
    role = models.CharField(max_length=30)
    places = models.ManyToManyField("places.Division", related_name="+")


class Accounts(BaseUserManager["Account"]):
    """Makes accounts; kept for Django's authentication."""

    def get_queryset(self) -> models.QuerySet["Account"]:
        return super().get_queryset().select_related("post__organisation__place")

    def get_by_natural_key(self, username: str | None) -> "Account":
        return self.get(username=username)


class Account(AbstractBaseUser):
    """账号: how a person signs in, at one post. `ref` is what the journal calls the person by: it never changes and names nobody."""

    scope_by = "post__organisation__place__path"

    ref = models.CharField(max_length=12, unique=True)  # U-0001
    username = models.CharField(max_length=40, unique=True)
    name_sealed = models.TextField()
    post = models.ForeignKey("people.Post", models.PROTECT, related_name="+")
    totp_sealed = models.TextField(blank=True)
    totp_last = models.BigIntegerField(default=0)  # the last code's step, so that one code works once
    is_active = models.BooleanField(default=True)
    must_change_password = models.BooleanField(default=False)
    link_digest = models.CharField(max_length=64, blank=True)  # one-time sign-in, made at the machine itself
    link_until = models.DateTimeField(null=True)
    language = models.CharField(max_length=5, default="zh")
    asked = models.CharField(
        max_length=80, blank=True
    )  # create, reset, move:<post>: waits for a second administrator
    asked_by = models.ForeignKey("people.Account", models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField(null=True)
    rests_until = models.DateTimeField(
        null=True
    )  # after such a change: neither approves nor issues until then

    objects = Accounts()
    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: list[str] = []

    def get_session_auth_hash(self) -> str:
        """What a session is bound to: it ends with the password, the second factor, the post and the post's role."""
        bound = f"{self.password}\x1f{self.totp_sealed}\x1f{self.post_id}\x1f{self.post.role}"
        return salted_hmac("anlan.people.session", bound, algorithm="sha256").hexdigest()


class SignInTries(models.Model):
    """登录失败: wrong tries of one name from one source or known device; the empty name or source stands for all of them.

    Names are kept as keyed hashes, whether anybody bears them or not: what stands here tells nothing.
    """

    scope_by = WORLD_WIDE

    source = models.CharField(max_length=64, blank=True)
    name_index = models.CharField(max_length=32, blank=True)
    failures = models.IntegerField()
    failed_at = models.DateTimeField(db_index=True)
    locked_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["source", "name_index"], name="tries_once")]


class ApiToken(models.Model):
    """接口令牌: lets a program act as one account. Only its digest is kept."""

    scope_by = "account__post__organisation__place__path"

    account = models.ForeignKey("people.Account", models.PROTECT, related_name="+")
    label = models.CharField(max_length=60)
    digest = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    last_used_on = models.DateField(null=True)
    revoked_at = models.DateTimeField(null=True)


class Person(models.Model):
    """人: whoever has a duty or lives here. `ref` is what journal and pages call them by."""

    scope_by = "place__path"

    ref = models.CharField(max_length=60, unique=True)
    name_sealed = models.TextField()
    name_index = models.CharField(max_length=32, db_index=True)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    lon = models.FloatField()
    lat = models.FloatField()
    synthetic = models.BooleanField(default=True)


class ContactPoint(models.Model):
    """联系方式: one number of a person, its order and the hours at which it is answered."""

    scope_by = "person__place__path"

    ref = models.CharField(
        max_length=70, unique=True
    )  # <person>/<order>: one number of each order, and what its seal is bound to
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    order = models.IntegerField()
    kind = models.CharField(max_length=20)  # mobile, second_mobile, landline, satellite_phone
    number_sealed = models.TextField()
    number_index = models.CharField(max_length=32, db_index=True)
    from_hour = models.IntegerField(default=0)
    to_hour = models.IntegerField(default=24)
    is_wrong = models.BooleanField(default=False)


class DutyHolder(models.Model):
    """责任人: who must answer for a place, in which function and which order."""

    scope_by = "place__path"

    ref = models.CharField(max_length=60, unique=True)
    person = models.ForeignKey("people.Person", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=40)
    level = models.CharField(max_length=10)  # county, township, village, group, household
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, null=True, related_name="+")
    covers = models.ManyToManyField("places.Division", related_name="+")
    rung = models.IntegerField(default=0)  # 0 is called first, then deputies, then cover
    role = models.CharField(max_length=30, blank=True)
    high_ground = models.BooleanField(default=False)  # lives outside every flood area: may be sent to knock
    group = models.IntegerField(null=True)  # 村民小组
    object_ref = models.CharField(max_length=60, blank=True)  # a watched object
    title = models.CharField(max_length=60)
    absent_from = models.DateField(null=True)
    absent_until = models.DateField(null=True)  # the last day; open while nobody knows
    deputy = models.ForeignKey("people.DutyHolder", models.PROTECT, null=True, related_name="+")

    class Meta:
        indexes = [models.Index(fields=["place", "level", "rung", "ref"])]


class DutyShift(models.Model):
    """值班: who is on duty in an organisation, from when to when."""

    scope_by = "organisation__place__path"

    ref = models.CharField(max_length=60, unique=True)
    organisation = models.ForeignKey("people.Organisation", models.PROTECT, related_name="+")
    holder = models.ForeignKey(
        "people.DutyHolder", models.PROTECT, null=True, related_name="+"
    )  # nobody any more
    role = models.CharField(max_length=30)  # leader, officer
    seat = models.IntegerField(default=1)  # the how manieth of that role
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "starts_at", "role", "seat"], name="shift_once")
        ]


class Household(models.Model):
    """户: a household, where it lies, who helps it, where it would go."""

    scope_by = "place__path"

    ref = models.CharField(max_length=60, unique=True)
    place = models.ForeignKey("places.Division", models.PROTECT, related_name="+")
    group = models.IntegerField()
    lon = models.FloatField()
    lat = models.FloatField()
    members = models.IntegerField()
    at_home = models.IntegerField()
    in_danger = models.BooleanField(default=False)  # to be moved when the village's line is crossed
    frail = models.BooleanField(default=False)
    helper = models.ForeignKey("people.DutyHolder", models.PROTECT, null=True, related_name="+")
    destination = models.CharField(max_length=80, blank=True)
    synthetic = models.BooleanField(default=True)


class Resident(models.Model):
    """常住人口: one person of a household."""

    scope_by = "household__place__path"

    ref = models.CharField(max_length=60, unique=True)
    household = models.ForeignKey("people.Household", models.PROTECT, related_name="+")
    name_sealed = models.TextField()
    age_band = models.CharField(max_length=10)
    at_home = models.BooleanField()
    frail = models.BooleanField(default=False)
    night_worker = models.BooleanField(default=False)
