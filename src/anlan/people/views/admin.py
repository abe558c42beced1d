"""The administrator's pages: accounts within the scope, made, reset, moved, ended."""

import secrets

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError
from anlan.foundation.words import t, w, written
from anlan.people import account_queries, accounts, forms
from anlan.ui.pages import Request, page

PER_PAGE = 50


@page("admin.manage")
@require_http_methods(["GET"])
def listing(request: Request) -> HttpResponse:
    found = account_queries.accounts(request.ctx, text=request.GET.get("q", ""))
    rows = Paginator(found, PER_PAGE).get_page(request.GET.get("page"))
    return render(request, "people/accounts.html", {"rows": rows, "q": request.GET.get("q", "")})


@page("admin.manage")
@sensitive_variables("password")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Make an account with a password to be replaced at the first sign-in."""
    form = forms.NewAccount(request.POST or None, posts=_posts(request.ctx, request.lang))
    if request.method == "POST" and form.is_valid():
        given, password = form.cleaned_data, secrets.token_urlsafe(12)
        try:
            accounts.create_account(
                request.ctx, username=given["username"], name=given["name"], password=password,
                post_ref=given["post"], language=given["language"], must_change_password=True,
            )  # fmt: skip
        except AnlanError as error:
            form.add_error(None, error.said(request.lang))
        else:
            told = {"username": given["username"], "password": password}
            return render(request, "people/handed_over.html", told)
    return render(request, "people/new_account.html", {"form": form}, status=422 if form.errors else 200)


def _posts(ctx: Ctx, lang: str) -> list[tuple[str, str]]:
    return [
        (post.ref, f"{post.organisation} · {written(lang, post.title)}（{post.ref}）")
        for post in account_queries.posts(ctx)
    ]


@page("admin.manage")
@require_http_methods(["GET"])
def one(request: Request, username: str) -> HttpResponse:
    account = account_queries.account(request.ctx, username)
    form = forms.Move(posts=_posts(request.ctx, request.lang), initial={"post": account.post})
    return render(request, "people/account.html", {"account": account, "form": form})


@page("admin.manage")
@sensitive_variables("password")
@require_http_methods(["GET", "POST"])
def reset(request: Request, username: str) -> HttpResponse:
    account = account_queries.account(request.ctx, username)
    if request.method == "POST":
        password = accounts.reset(request.ctx, username=username)
        return render(request, "people/handed_over.html", {"username": username, "password": password})
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
        accounts.set_active(request.ctx, username=username, active=False)
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
    accounts.set_active(request.ctx, username=username, active=True)
    messages.success(request, t(request.lang, "账号 {username} 已启用。", username=username))
    return HttpResponseRedirect(f"/accounts/{username}")


@page("admin.manage")
@require_POST
def move(request: Request, username: str) -> HttpResponse:
    accounts.move(request.ctx, username=username, post_ref=request.POST.get("post", ""))
    messages.success(request, t(request.lang, "岗位已换，本人要重新登录。"))
    return HttpResponseRedirect(f"/accounts/{username}")
