"""The first administrator of an installation, who makes all the others; done by whoever stands at the machine itself."""

from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.foundation.words import w
from anlan.people import actions
from anlan.people.accounts import administration
from anlan.people.actions import OrganisationRow
from anlan.people.models import Account, Organisation, Post
from anlan.places.atlas import atlas

ROLE = "administrator"


def post_of_the_first(ctx: Ctx) -> str:
    """The post of an administrator who holds the whole tree; one is made, with its unit, where there is none.

    Raises: Conflict while there is no division at all.
    """
    if not atlas().places:
        raise Conflict(w("还没有区划。先写明本县的名称和代码，或先读入区划名册。"))
    root = atlas().city
    kept = Post.objects.filter(role=ROLE, places=root.id).order_by("pk").first()
    if kept:
        return kept.ref
    unit = Organisation.objects.filter(place_id=root.id, kind="emergency").order_by("pk").first()
    if unit is None:
        row = OrganisationRow(
            f"U-{root.code or root.path}-emergency",
            f"{root.name}应急管理局",
            "emergency",
            root.id,
            "",
            [root.id],
        )
        actions.load_organisations(ctx, [row])
        unit = Organisation.objects.get(ref=row.ref)
    ref = f"{unit.ref}-admin"
    actions.make_post(ctx, ref=ref, organisation=unit.ref, title="系统管理员", role=ROLE, places=[root.id])
    return ref


def first_administrator(ctx: Ctx, *, username: str, name: str, language: str = "zh") -> str:
    """A one-time key that signs the first administrator in within ten minutes; they set password and authenticator then.

    Asked again for the same one, while nobody has signed in as them, it gives another key. Raises: Conflict later on.
    """
    if not name.strip():
        raise Invalid(w("请写明第一位管理员的用户名。"))
    known = Account.objects.filter(username=username).first()
    if known and known.last_login:
        raise Conflict(w("{username} 已经登录过。忘了密码请另一位管理员重置。"), username=username)
    if known is None:
        if Account.objects.exists():
            raise Conflict(w("这里已经有账号。新的管理员由现有的管理员建立，或用 anlan account add。"))
        administration.create_account(
            ctx,
            username=username,
            name=name,
            password=None,
            post_ref=post_of_the_first(ctx),
            must_change_password=True,
            language=language,
        )
    return administration.sign_in_link(ctx, username=username)


def is_begun() -> bool:
    """Whether anything stands beside the first administrator's own unit."""
    return Organisation.objects.count() > 1 or Account.objects.count() > 1
