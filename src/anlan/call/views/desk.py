"""叫应台: record what came of a call by hand, open a number, text for the group."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from anlan.call.actions import calldown, hearing
from anlan.call.queries import desk as desks
from anlan.call.views.calls import board_context, may_link
from anlan.foundation.errors import AnlanError, Invalid, NotFound
from anlan.foundation.words import t
from anlan.people.actions import unmask
from anlan.ui.acts import address, done, not_done, whole
from anlan.ui.pages import Request, page

OUTCOMES = {6: "no_answer", 7: "wrong_number", 8: "refused"}


@page("warn.answer")
@require_POST
def record(request: Request, ref: str) -> HttpResponse:
    """One key: 1 to 5 is what the person said, 6 nobody, 7 wrong number, 8 refuses."""
    back = address(request, "calls", ref)
    try:
        _record(request, ref)
    except AnlanError as error:
        return not_done(request, error, f"{back}?holder={request.POST.get('holder', '')}")
    return done(request, "已记下。下一个。", back)


def _record(request: Request, ref: str) -> None:
    given, ctx = request.POST, request.ctx
    result = whole(given.get("result", ""), what=t(request.lang, "结果"))
    desk = desks.desk(ctx, ref, holder=given.get("holder", ""))
    person = desk.person
    if person is None or result is None or not 1 <= result <= 8:
        raise Invalid("没认出这个结果。请按 1 到 8 中的一个。")
    if result in OUTCOMES:
        contact = given.get("contact") or person.contact
        if not contact:
            raise NotFound("这个人没有可拨的号码。请在责任人名册里补上。")
        call = person.waiting or calldown.dial_by_hand(
            ctx, call_down=ref, holder=person.holder, contact=contact
        )
        hearing.heard_outcome(ctx, call_down=ref, call=call, outcome=OUTCOMES[result])
        return
    hearing.heard_answer(
        ctx,
        call_down=ref,
        holder=person.holder,
        kind=result,
        key=f"desk:{_key(given.get('key', ''))}",
        channel="desk",
        call=person.waiting,
        households=whole(given.get("households", ""), what=t(request.lang, "户数")) if result == 4 else None,
        people_moved=whole(given.get("people", ""), what=t(request.lang, "人数")) if result == 4 else None,
        words=given.get("words", "").strip()[:200],
    )


def _key(text: str) -> str:
    """The form's own key, so that pressing twice records once."""
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Invalid("这张表单不完整。请刷新后再记。") from None


@page("people.unmask")
@sensitive_variables("number")
@require_POST
def show_number(request: Request, ref: str) -> HttpResponse:
    """The whole number, for this reader, once; the journal keeps who read it."""
    desk = desks.desk(request.ctx, ref, holder=request.POST.get("holder", ""))
    contact = request.POST.get("contact", "")
    known = {desk.person.contact, *(c for c, _ in desk.person.other_numbers)} if desk.person else set()
    if contact not in known:
        raise NotFound("没有这个联系方式，或不在您的范围内。")
    number = unmask(request.ctx, contact_ref=contact, why=f"叫应 {ref}")
    return render(request, "call/board.html", board_context(request, ref, at=None, shown=number))


@page("warn.view")
@require_GET
def group(request: Request, ref: str) -> HttpResponse:
    """抄给群聊: the text, with the word that a 收到 there is no answer."""
    text = desks.group_text(request.ctx, ref)
    return render(
        request, "call/group.html", {"text": text, "ref": ref, "back": address(request, "calls", ref)}
    )


@page("warn.view")
@require_GET
def people_of_line(request: Request, ref: str) -> HttpResponse:
    """Everybody on one line's ladder: tried how often, answered what, and their answer page."""
    row = desks.the_call_down(request.ctx, ref)
    line = request.GET.get("line", "")
    people = desks.people_of(request.ctx, row, only=line)
    if not people:
        raise NotFound("这条线上没有人。请从叫应板里选。")
    context = {
        "row": row,
        "people": people,
        "place": people[0].place,
        "here": address(request, "calls", ref),
        "may_answer": request.ctx.may("warn.answer") and row.closed_at is None,
        "may_link": row.closed_at is None and may_link(request),
    }
    return render(request, "call/people.html", context)
