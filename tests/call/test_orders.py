"""长效指令: signed on a page by the one who may, after it was read again; until a day, or until it is ended."""

from datetime import timedelta
from typing import Any

import pytest

from anlan.call.actions import callout, orders
from anlan.call.models import CallDown, SignedOrder
from anlan.foundation import journal, shelf
from anlan.foundation.errors import Conflict, Forbidden, Invalid
from anlan.foundation.models import JournalEntry
from anlan.places.atlas import atlas
from anlan.ui import onset
from tests.support.city import COUNTY, FOREIGN_TOWN, TOWN, Mini, make_city

NO = "随县防指〔2026〕3号"


@pytest.fixture
def mini(db: None) -> Mini:
    return make_city()


def given(mini: Mini, **more: Any) -> dict[str, Any]:
    day = mini.ctx().now.date() + timedelta(days=200)
    return {
        "place": COUNTY, "document_no": NO, "text": "红色预警直接叫应到村。", "starts": ["imported-red"], "may_hold": True,
        "signed_by": "指挥长 王一", "expires": day, **more,
    }  # fmt: skip


def sign(mini: Mini, **more: Any) -> str:
    return orders.sign(mini.ctx("approver"), **given(mini, **more))


def warned(mini: Mini, town: str = TOWN) -> list[str]:
    """The order numbers by which a red warning that names a township calls it."""
    works = callout.decide_alert(
        mini.ctx(), ref="A-1", event_type="11B03", level=4, named=[atlas().code(town)]
    )
    for work in works:
        work()
    return list(CallDown.objects.values_list("order_no", flat=True))


def test_who_may_signs_after_reading_it_again_and_then_a_red_warning_calls(mini: Mini) -> None:
    assert warned(mini) == [], "the demo's order calls no real people"
    client, told = mini.client("approver"), given(mini, may_hold="on")
    seen = client.post("/w/live/orders/new", told)
    assert "请再看一遍" in seen.text
    assert not SignedOrder.objects.exists()
    assert client.post("/w/live/orders/new", {**told, "confirm": "1"}).status_code == 302
    page = client.get("/w/live/orders").text
    assert all(word in page for word in (NO, "指挥长 王一", "生效中", "红色预警直接叫应到村。"))
    assert warned(mini) == [NO]
    signed = journal.story(mini.ctx(), SignedOrder.objects.get().ref)[0]
    assert (signed["name"], signed["body"]["starts"]) == ("warn.order.signed", ["imported-red"])
    assert next(s for s in onset.states(mini.ctx()) if s.step.number == 17).lacks is None
    assert client.get(f"/w/live/packs/{SignedOrder.objects.get().ref}").status_code == 200


def test_it_starts_only_what_it_names_and_only_where_it_holds(mini: Mini) -> None:
    sign(mini, starts=["contact-lost"])
    assert warned(mini) == []
    SignedOrder.objects.all().delete()
    sign(mini)
    assert warned(mini, FOREIGN_TOWN) == []


def test_an_order_that_ended_or_ran_out_calls_nobody(mini: Mini) -> None:
    ref = sign(mini)
    client = mini.client("approver")
    assert client.post(f"/w/live/orders/{ref}/end", {"reason": "换发新文"}).status_code == 302
    assert warned(mini) == []
    with pytest.raises(Conflict):
        orders.end(mini.ctx("approver"), ref=ref, reason="换发新文")
    SignedOrder.objects.update(ended_at=None, expires=mini.ctx().now.date() - timedelta(days=1))
    assert warned(mini) == []
    assert "order_expired" in JournalEntry.objects.filter(name="warn.callout.refused").last().text
    assert "已过期" in client.get("/w/live/orders").text


def test_of_a_place_the_one_signed_last_counts_and_the_closer_place_before(mini: Mini) -> None:
    sign(mini)
    sign(mini, document_no="2号")
    assert shelf.the(mini.ctx(), "standing_orders", TOWN).clause == "2号"
    sign(mini, place=TOWN, document_no="3号")
    assert shelf.the(mini.ctx(), "standing_orders", TOWN).clause == "3号"
    assert "已被后签的替代" in mini.client("approver").get("/w/live/orders").text
    with pytest.raises(Conflict, match="新的文号"):
        sign(mini)


@pytest.mark.parametrize(
    ("more", "days", "error"),
    [
        ({"place": FOREIGN_TOWN}, 9, Forbidden),
        ({"starts": []}, 9, Invalid),
        ({"starts": ["nonsense"]}, 9, Invalid),
        ({}, 0, Invalid),
        ({}, 1200, Invalid),
    ],
)
def test_what_cannot_be_signed_is_refused(
    mini: Mini, more: dict[str, Any], days: int, error: type[Exception]
) -> None:
    with pytest.raises(error):
        sign(mini, expires=mini.ctx().now.date() + timedelta(days=days), **more)


def test_neither_an_officer_nor_an_exercise_signs(mini: Mini) -> None:
    with pytest.raises(Forbidden):
        orders.sign(mini.ctx("duty_officer"), **given(mini))
    assert mini.client("duty_officer").get("/w/live/orders/new").status_code == 403
    assert mini.client("duty_officer").get("/w/live/orders").status_code == 200
    with pytest.raises(Conflict):
        orders.sign(mini.exercise().ctx("approver"), **given(mini))
