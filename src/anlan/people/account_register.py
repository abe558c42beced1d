"""账号: who signs in, at which post. What a form or a file changes goes through the administrators' acts, with their rule of two.

No password stands in any file: who is entered here gets one, or a link, by 重置 on the account's own page.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, say, t, w, written
from anlan.foundation.worlds import beijing
from anlan.people import rules
from anlan.people.accounts import administration, set_language
from anlan.people.accounts.queries import ASKED, posts
from anlan.people.accounts.scope import roles
from anlan.people.models import Account, Post
from anlan.places.atlas import atlas
from anlan.registers.columns import Choice, Code, Column, Flag, Look
from anlan.registers.links import Link
from anlan.registers.register import Change, Figure, Register
from anlan.registers.sealed import Sealed


@dataclass(frozen=True, kw_only=True)
class Seen(Column):
    """What comes about by signing in or by the administrators' acts: shown, never typed."""

    tell: Callable[[Any], str]
    is_typed: ClassVar[bool] = False
    sorts: ClassVar[bool] = False

    def of(self, row: Any) -> str:
        return self.tell(row)

    def said(self, row: Any, lang: str) -> str:
        return written(lang, self.of(row))


@dataclass(frozen=True, kw_only=True)
class Role(Seen):
    """角色: that of the post; a column to filter by."""

    tell: Callable[[Any], str] = lambda row: str(roles().get(row.post.role, {"zh": row.post.role})["zh"])

    def said(self, row: Any, lang: str) -> str:
        return t(lang, roles()[row.post.role]) if row.post.role in roles() else str(row.post.role)

    def choices(self, look: Look) -> Sequence[tuple[str, str]]:
        return [(code, t(look.lang, title)) for code, title in roles().items()]

    def q(self, text: str, look: Look) -> Q:
        return Q(post__role=text)


def _path(row: Any) -> str:
    place = atlas().by_id.get(row.post.organisation.place_id) if row.post_id else None
    return place.path if place else ""


def _giveable(ctx: Ctx) -> Any:
    return ctx.rows(Post).filter(ref__in=[post.ref for post in posts(ctx)])


def _fits(change: Change, look: Look) -> Iterable[tuple[str, Sentence]]:
    values = change.values
    if change.is_new and not rules.is_username(values["username"]):
        yield "username", say("用户名用 3 到 40 个小写字母、数字或 . - _，例如 sui-duty-1。")
    for column in ACCOUNTS.columns:
        if not change.is_new and column.name in change.changed and not column.is_typed:
            yield column.name, say("这一列只能看，不能从这里改")
    if (
        not change.is_new
        and look.ctx.actor.account_id == change.row.pk
        and set(change.changed) - {"language"}
    ):
        yield "", say("不能给自己换岗或停用。请让另一位管理员来做。")


def _save(ctx: Ctx, changes: Sequence[Change]) -> None:
    post_refs = dict(Post.objects.filter(pk__in={c.values["post"] for c in changes}).values_list("pk", "ref"))
    for each in changes:
        values, username = each.values, each.values["username"]
        if each.is_new:
            ref = administration.create_account(
                ctx, username=username, name=values["name"], password=None, post_ref=post_refs[values["post"]],
                language=values["language"], must_change_password=True,
            )  # fmt: skip
            each.row = Account.objects.get(ref=ref)
            continue
        if "post" in each.changed:
            administration.move(ctx, username=username, post_ref=post_refs[values["post"]])
        if "is_active" in each.changed:
            administration.set_active(ctx, username=username, active=values["is_active"])
        if "language" in each.changed:
            set_language(account=each.row, language=values["language"])


ACCOUNTS = Register(
    name="accounts", word=w("账号"), room="people", model=Account, view="admin.manage", keep="admin.manage", called="account",
    note=w("谁用哪个岗位登录；换岗、停用照两位管理员的规矩办，文件里没有密码"), opens="admin.manage",
    keys=(("ref",), ("username",)), order=("username",), join=("post__organisation__place",),
    path=_path, fits=_fits, save=_save, tells=False,
    leads=lambda row: ((w("登录密码、停用、换岗"), f"/accounts/{row.username}"),),
    columns=(
        Code(name="ref", word=w("日志里的代号"), listed=False, fixed=True, hint=w("新登记的不用填")),
        Code(name="username", word=w("用户名"), required=True, fixed=True, find=True, most=40,
             hint=w("3 到 40 个小写字母、数字或 . - _")),
        Sealed(name="name", word=w("姓名"), required=True, fixed=True, bound=lambda row: str(row.username)),
        Link(name="post", word=w("岗位"), target=_giveable, by=("ref", "title"), label="title", required=True, filter=True, few=True),
        Choice(name="language", word=w("语言"), words={"zh": w("中文"), "en": w("英文")}, default="zh", listed=False),
        Flag(name="is_active", word=w("启用"), default=True, filter=True),
        Seen(name="unit", word=w("单位"), tell=lambda row: row.post.organisation.name),
        Role(name="role", word=w("角色"), filter=True),
        Seen(name="one_time_code", word=w("动态码"), tell=lambda row: w("已绑") if row.totp_sealed else w("未绑动态码")),
        Seen(name="asked", word=w("等确认"), tell=lambda row: ASKED.get(row.asked.partition(":")[0], "")),
        Seen(name="last_login", word=w("最近登录"), tell=lambda row: f"{beijing(row.last_login):%Y-%m-%d %H:%M}" if row.last_login else ""),
    ),
    figures=(
        Figure(name="asked", word=w("等确认"), where=lambda ctx: ~Q(asked="")),
        Figure(name="no-code", word=w("未绑动态码"), where=lambda ctx: Q(is_active=True, totp_sealed="")),
    ),
    examples=({"username": "yunxi-duty-1", "name": "张三", "post": "PO-20260701-001"},),
)  # fmt: skip
