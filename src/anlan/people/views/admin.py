"""An account's own page for administrators: reset, moved, ended, confirmed. The list is the register."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w, written
from anlan.people import forms
from anlan.people.accounts import administration
from anlan.people.accounts import queries as account_queries
from anlan.ui.acts import act, offered
from anlan.ui.pages import Request, page


def _handed_over(request: Request, username: str, password: str) -> HttpResponse:
    """The password, this one time; or nothing yet, while another administrator has to confirm."""
    if password and not account_queries.account(request.ctx, username).asked:
        return render(request, "people/handed_over.html", {"username": username, "password": password})
    messages.success(request, t(request.lang, "已记下。要另一位管理员在账号页上确认才生效。"))
    return HttpResponseRedirect(f"/accounts/{username}")


def _posts(ctx: Ctx, lang: str) -> list[tuple[str, str]]:
    return [
        (post.ref, f"{post.organisation} · {written(lang, post.title)}（{post.ref}）")
        for post in account_queries.posts(ctx)
    ]


@page("admin.manage")
@require_http_methods(["GET"])
def one(request: Request, username: str) -> HttpResponse:
    account = account_queries.account(request.ctx, username)
    posts = _posts(request.ctx, request.lang)
    told = {
        "account": account,
        "form": offered(request, forms.Move, posts=posts, initial={"post": account.post}),
        "post_asked": dict(posts).get(account.asked.partition(":")[2], ""),
    }
    return render(request, "people/account.html", told)


@page("admin.manage")
@sensitive_variables("password")
@require_http_methods(["GET", "POST"])
def reset(request: Request, username: str) -> HttpResponse:
    account = account_queries.account(request.ctx, username)
    if request.method == "POST":
        return _handed_over(request, username, administration.reset(request.ctx, username=username))
    told = {
        "question": t(request.lang, "重置账号 {username}？", username=account.username),
        "effect": w("原密码、动态码和所有登录马上失效。本人要用新密码登录、改密码、重新绑定动态码。"),
        "do": w("重置"),
        "action": request.path,
        "back": f"/accounts/{username}",
    }
    return render(request, "ui/confirm.html", told)


@page("admin.manage")
@require_http_methods(["GET", "POST"])
def deactivate(request: Request, username: str) -> HttpResponse:
    account = account_queries.account(request.ctx, username)
    if request.method == "POST":
        administration.set_active(request.ctx, username=username, active=False)
        messages.success(request, t(request.lang, "账号 {username} 已停用。", username=username))
        return HttpResponseRedirect(f"/accounts/{username}")
    told = {
        "question": t(request.lang, "停用账号 {username}？", username=account.username),
        "effect": w("本人马上退出，令牌失效，不能再登录。做过的事都留在日志里，可以再启用。"),
        "do": w("停用"),
        "action": request.path,
        "back": f"/accounts/{username}",
    }
    return render(request, "ui/confirm.html", told)


@page("admin.manage")
@require_POST
def activate(request: Request, username: str) -> HttpResponse:
    administration.set_active(request.ctx, username=username, active=True)
    messages.success(request, t(request.lang, "账号 {username} 已启用。", username=username))
    return HttpResponseRedirect(f"/accounts/{username}")


def _move(request: Request, given: dict[str, Any], username: str) -> HttpResponse | None:
    is_moved = administration.move(request.ctx, username=username, post_ref=given["post"])
    return None if is_moved else _handed_over(request, username, "")


move = act(
    "admin.manage",
    _move,
    w("岗位已换，本人要重新登录。"),
    back=lambda r, username: f"/accounts/{username}",
    form=lambda r, data: forms.Move(data, posts=_posts(r.ctx, r.lang)),
)


@page("admin.manage")
@sensitive_variables("password")
@require_POST
def confirm(request: Request, username: str) -> HttpResponse:
    """The second administrator's word on what the first asked."""
    asked = request.POST.get("asked", "")
    password = administration.confirm(request.ctx, username=username, asked=asked)
    if password:
        return _handed_over(request, username, password)
    messages.success(request, t(request.lang, "岗位已换，本人要重新登录。"))
    return HttpResponseRedirect(f"/accounts/{username}")


@page("admin.manage")
@require_POST
def decline(request: Request, username: str) -> HttpResponse:
    administration.decline(request.ctx, username=username)
    messages.success(request, t(request.lang, "没有办，已记下。"))
    return HttpResponseRedirect(f"/accounts/{username}")
