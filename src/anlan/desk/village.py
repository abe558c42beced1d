"""村里的值班台: what one's own village must do now: how many households, who answers for it, and its list."""

import uuid
from typing import Any

from django import forms

from anlan.call.queries import rows as calls
from anlan.call.queries.villages import village_states
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import w
from anlan.judge.queries.lead_words import coming
from anlan.move.views.moving import village_of
from anlan.people import queries as people
from anlan.places.atlas import atlas
from anlan.ui.acts import number, offered
from anlan.ui.pages import Request

NOW = {
    Stage.PREPARE: w("准备转移 {n} 户"),
    Stage.MOVE: w("现在就转移 {n} 户"),
    Stage.COUNT: w("逐户点名，还差 {n} 户"),
}


class Answer(forms.Form):
    """What somebody answers for a village."""

    call_down = forms.CharField(widget=forms.HiddenInput)
    village = forms.CharField(widget=forms.HiddenInput)
    key = forms.UUIDField(widget=forms.HiddenInput)
    result = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=5)
    holder = forms.CharField(label=w("谁答复"), widget=forms.Select)
    households = number(w("户"), most=99_999)
    people = number(w("人"))


def own(request: Request) -> list[dict[str, Any]]:
    """For who answers for villages alone: each of them that is called or must move, with everything to press."""
    ctx = request.ctx
    places = [atlas().by_path[path] for path in ctx.scope.paths if path in atlas().by_path]
    if not places or any(place.tier != 4 for place in places) or not ctx.may("warn.view"):
        return []
    found = []
    for place in places:
        state = village_states(ctx, path=place.path).get(place.id)
        move = state.move if state else None
        order = NOW.get(move.stage) if move else None
        lacks = move.to_move - move.moved if move and order else 0
        lines = calls.lines(ctx, place.path).filter(kind="village", call_down__closed_at=None)
        line = lines.select_related("call_down").order_by("pk").last()
        if line is None and lacks <= 0:
            continue
        found.append(
            {
                "place": place,
                "state": state,
                "headline": order if order and lacks > 0 else w("请马上答复"),
                "n": lacks,
                "facts": coming(ctx, place, request.lang, None),
                "answer": _answer(request, place.name, line) if line and ctx.may("warn.answer") else None,
                "list": village_of(request, move.ref) if move else None,
            }
        )
    return found


def _answer(request: Request, name: str, line: Any) -> Answer | None:
    """The form for whoever may answer for the village; none where nobody may."""
    standing = _standing(request, line)
    which = {"call_down": line.call_down.ref, "village": name}
    form = offered(request, Answer, which=which, initial={"key": uuid.uuid4()})
    form.fields["holder"].widget.choices = standing  # type: ignore[attr-defined]
    return form if standing else None


def _standing(request: Request, line: Any) -> list[tuple[str, str]]:
    """Who may answer for the village: ref and how they are called, the name masked."""
    refs = [ref for rung in line.rungs if rung["stands_for_place"] for ref in rung["holders"]]
    return list(people.titled(request.ctx, request.lang, refs).items())
