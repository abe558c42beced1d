"""Before the first night: units, posts, accounts, duty holders and their numbers, shifts, households."""

from datetime import timedelta

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, w
from anlan.people.accounts.scope import permissions_of
from anlan.people.models import Account, ContactPoint, DutyHolder, DutyShift, Household, Organisation
from anlan.places.atlas import atlas
from anlan.ui.onset import NOTHING_TO_JUDGE, Step, left, none

AHEAD = timedelta(days=7)
"""How far the roster is looked at."""


def _units(ctx: Ctx) -> Sentence | None:
    return none(w("除了管理员的单位，还没有别的单位"), Organisation.objects.count() > 1)


def _active(permission: str) -> int:
    roles = Account.objects.filter(is_active=True).values_list("post__role", flat=True)
    return sum(permission in permissions_of(role) for role in roles)


def _administrators(ctx: Ctx) -> Sentence | None:
    return none(w("只有一位管理员：换人、重置要两位"), _active("admin.manage") > 1)


def _officers(ctx: Ctx) -> Sentence | None:
    return none(w("还没有值班员账号"), _active("warn.call") > 0)


def _signers(ctx: Ctx) -> Sentence | None:
    return none(w("还没有能签发预警的账号"), _active("warn.approve") > 0)


def _village_holders(ctx: Ctx) -> Sentence | None:
    villages = {place.id for place in atlas().walk(4)}
    if not villages:
        return NOTHING_TO_JUDGE
    held = set(DutyHolder.objects.values_list("place_id", flat=True)) | set(
        DutyHolder.covers.through._default_manager.values_list("division_id", flat=True)
    )
    return left(w("{n} 个村没有责任人"), len(villages - held))


def _numbers(ctx: Ctx) -> Sentence | None:
    if not DutyHolder.objects.exists():
        return NOTHING_TO_JUDGE
    called = ContactPoint.objects.filter(is_wrong=False).values("person_id")
    return left(w("{n} 位责任人没有能打的电话"), DutyHolder.objects.exclude(person_id__in=called).count())


def _shifts(ctx: Ctx) -> Sentence | None:
    until = DutyShift.objects.filter(ends_at__gte=ctx.now + AHEAD, starts_at__lte=ctx.now + AHEAD)
    return none(w("七天以后没有人值班"), until.exists())


def _households(ctx: Ctx) -> Sentence | None:
    villages = {place.id for place in atlas().walk(4)}
    if not villages:
        return NOTHING_TO_JUDGE
    listed = set(Household.objects.values_list("place_id", flat=True).distinct())
    return left(w("{n} 个村没有户册"), len(villages - listed))


def _helpers(ctx: Ctx) -> Sentence | None:
    endangered = Household.objects.filter(in_danger=True)
    if not endangered.exists():
        return none(w("还没有标出危险区里的户"), False)
    return left(w("{n} 户要转移的没有帮扶人"), endangered.filter(helper=None).count())


STEPS = (
    Step(4, w("单位与岗位"), "registers/organisations", _units),
    Step(5, w("第二位管理员"), "registers/accounts", _administrators),
    Step(6, w("值班员账号"), "registers/accounts", _officers),
    Step(7, w("签发人账号"), "registers/accounts", _signers),
    Step(8, w("村责任人"), "registers/holders", _village_holders),
    Step(9, w("责任人电话"), "registers/contacts", _numbers),
    Step(10, w("值班表"), "roster", _shifts),
    Step(11, w("户册"), "registers/households", _households),
    Step(12, w("危险区的户与帮扶人"), "registers/households", _helpers),
)
