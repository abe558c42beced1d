"""叫应台: record what came of a call by hand, open a number, text for the group."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_POST

from anlan.call.actions import calldown, hearing
from anlan.call.calldown_rows import the_call_down
from anlan.call.queries import desk as desks
from anlan.call.rules.calldown.shapes import AnswerKind
from anlan.call.views.calls import Result, board_context, may_link
from anlan.foundation.errors import NotFound
from anlan.foundation.words import t, w, written
from anlan.people.actions import unmask
from anlan.ui import undo
from anlan.ui.acts import act, address, done
from anlan.ui.pages import Request, page

OUTCOMES = {6: "no_answer", 7: "wrong_number", 8: "refused"}
RESULT_WORDS = {int(kind): kind.word for kind in AnswerKind} | {
    6: w("没人接"),
    7: w("号码错"),
    8: w("拒绝"),
}


def _record(request: Request, given: dict[str, Any], ref: str) -> HttpResponse:
    """One key: 1 to 5 is what the person said, 6 nobody, 7 wrong number, 8 refuses."""
    told = _recorded(request, given, ref)
    return HttpResponseRedirect(undo.leads(request, address(request, "calls", ref), ref, **told))


def _take_back(request: Request, ref: str) -> HttpResponse:
    """What was recorded a moment ago by this officer is taken back, and the person stands first again."""
    told = undo.pressed(request, ref)
    hearing.take_back(request.ctx, call_down=ref, holder=told["holder"], key=told["key"], call=told["call"])
    stands = f"{address(request, 'calls', ref)}?holder={told['holder']}"
    return done(request, "已撤销：{said}", stands, said=told["said"])


take_back = act("warn.answer", _take_back, back=lambda r, ref: address(r, "calls", ref))


def _desk(request: Request, ref: str) -> str:
    holder = request.POST.get("holder", "")
    return f"{address(request, 'calls', ref)}?{urlencode({'holder': holder})}"


record = act("warn.answer", _record, back=_desk, form=Result)


def _recorded(request: Request, given: dict[str, Any], ref: str) -> dict[str, str]:
    """Records it; tells whom and what, and by what it can be taken back."""
    ctx, result = request.ctx, given["result"]
    person = desks.desk(ctx, ref, holder=given["holder"]).person
    if person is None:
        raise NotFound("叫应阶梯上没有这个人。请从叫应板里选。")
    if result in OUTCOMES:
        contact = given["contact"] or person.contact
        if not contact:
            raise NotFound("这个人没有可拨的号码。请在责任人名册里补上。")
        call = person.waiting or calldown.dial_by_hand(
            ctx, call_down=ref, holder=person.holder, contact=contact
        )
        hearing.heard_outcome(ctx, call_down=ref, call=call, outcome=OUTCOMES[result])
        return {"holder": person.holder, "key": "", "call": call, "said": _said(request, person, result)}
    key = f"desk:{given['key']}"
    hearing.heard_answer(
        ctx,
        call_down=ref,
        holder=person.holder,
        kind=result,
        key=key,
        channel="desk",
        call=person.waiting,
        households=given["households"] if result == 4 else None,
        people_moved=given["people"] if result == 4 else None,
        words=given["words"],
    )
    said = _said(request, person, result)
    return {"holder": person.holder, "key": key, "call": person.waiting, "said": said}


def _said(request: Request, person: desks.Person, result: int) -> str:
    """雁子河村 支书 马** 没人接."""
    title, word = written(request.lang, person.title), t(request.lang, RESULT_WORDS[result])
    return f"{person.place.name} {title} {person.name} {word}"


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
    row = the_call_down(request.ctx, ref)
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
