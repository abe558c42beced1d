"""Moving people on their pages: stages with their basis, households marked, and nobody moved who was not counted in."""

import re

import pytest
from django.test import Client

from anlan.move.actions import moving
from anlan.move.models import Evacuation, HouseholdMove
from anlan.places.atlas import atlas
from tests.call.pages.test_call_pages import at, shown
from tests.support.city import FOREIGN_VILLAGE, VILLAGE, VILLAGE_2, Mini


@pytest.fixture
def ref(mini: Mini) -> str:
    return moving.order_stage(
        mini.ctx(), village=atlas().code(VILLAGE), stage="move", by="U-1", tier="county"
    )


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


def test_the_board_counts_households_told_on_the_way_and_counted_in(
    mini: Mini, ref: str, officer: Client
) -> None:
    body = shown(officer, at(mini, "moving"))
    assert "0／2" in body
    assert "0／6" in body
    assert "柳林中学" in body


def test_an_empty_board_says_so(mini: Mini, officer: Client) -> None:
    assert "现在没有村在转移" in shown(officer, at(mini, "moving"))


def test_a_household_is_marked_with_the_buttons_of_its_row(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "moving", ref)
    household = HouseholdMove.objects.order_by("household__ref")[0].household.ref
    officer.post(f"{url}/mark", {"household": household, "event": "counted_in"})
    body = shown(officer, url)
    assert "已转移 1／2 户，3／6 人" in body


def test_a_refusal_goes_on_top_with_the_leaders_deadline(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "moving", ref)
    household = HouseholdMove.objects.order_by("household__ref")[1].household.ref
    officer.post(f"{url}/mark", {"household": household, "event": "refused", "note": "怕丢猪"})
    body = shown(officer, url)
    assert "不肯走的，请镇领导当面劝" in body
    assert "怕丢猪" in body
    assert "10:00" in body


@pytest.mark.parametrize(
    "given", [{"event": "vanished"}, {"event": "set_out", "household": "HH-0"}, {"event": "went_home"}]
)
def test_what_cannot_be_marked_changes_nothing(
    mini: Mini, ref: str, officer: Client, given: dict[str, str]
) -> None:
    household = HouseholdMove.objects.order_by("household__ref")[0].household.ref
    officer.post(at(mini, "moving", ref, "mark"), {"household": household, **given})
    assert set(HouseholdMove.objects.values_list("state", flat=True)) == {"to_move"}


def test_a_batch_is_counted_in_at_the_site(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "moving", ref)
    officer.post(f"{url}/count", {"households": "2", "people": "6", "site": "柳林中学"})
    assert Evacuation.objects.get().stage == "count"
    reply = officer.post(f"{url}/count", {"households": "1", "people": "3"})
    assert reply.status_code == 422
    assert "名册上还没转移的有 0 户" in reply.text


def test_a_return_is_ordered_only_with_its_basis(mini: Mini, ref: str, officer: Client) -> None:
    for stage in ("count", "stay_out"):
        officer.post(at(mini, "moving", ref, "stage", stage), {"basis": ""})
    url = at(mini, "moving", ref, "stage", "return")
    reply = officer.post(url, {"basis": ""})
    assert reply.status_code == 422
    assert "解除返回要写明依据" in reply.content.decode()
    officer.post(url, {"basis": "水利站现场核实，水已退"})
    assert Evacuation.objects.get().stage == "return"


def test_a_stage_that_may_not_follow_is_refused_with_what_may(mini: Mini, ref: str, officer: Client) -> None:
    reply = officer.post(at(mini, "moving", ref, "stage", "stay_out"), {"basis": "提前"})
    assert "可以：清点" in reply.content.decode()


def test_a_first_order_for_a_village_asks_before_it_is_given(mini: Mini, officer: Client) -> None:
    assert "古城畈村" in shown(officer, at(mini, "moving", "order") + "?q=古城")
    url = f"{at(mini, 'moving', 'order')}?village={VILLAGE_2}&stage=prepare"
    assert "准备转移" in shown(officer, url)
    assert not Evacuation.objects.exists()
    assert officer.post(url, {"basis": ""}).status_code == 302
    assert Evacuation.objects.get().stage == "prepare"


def test_a_village_cadre_orders_first_and_marks_the_own_village(mini: Mini) -> None:
    cadre = mini.client("village_cadre")
    assert (
        cadre.post(f"{at(mini, 'moving', 'order')}?village={VILLAGE}&stage=move", {"basis": ""}).status_code
        == 302
    )
    ref = Evacuation.objects.get().ref
    assert re.search("HH-421321117201-1", shown(cadre, at(mini, "moving", ref)))
    reply = cadre.post(at(mini, "moving", ref, "stage", "count"), {"basis": ""})
    assert reply.status_code == 302
    reply = cadre.post(at(mini, "moving", ref, "stage", "stay_out"), {"basis": ""})
    assert "不能由这一级下令" in reply.content.decode()


def test_nobody_orders_outside_the_own_area(mini: Mini) -> None:
    url = f"{at(mini, 'moving', 'order')}?village={FOREIGN_VILLAGE}&stage=move"
    assert mini.client("duty_officer").post(url, {"basis": ""}).status_code == 404
    assert not Evacuation.objects.exists()


def test_a_foreign_officer_finds_neither_board_rows_nor_the_village(mini: Mini, ref: str) -> None:
    foreign = mini.client("foreign")
    assert "联盟村" not in shown(foreign, at(mini, "moving"))
    for page in ("", "/list", "/cards", "/stage/count"):
        assert foreign.get(at(mini, "moving", ref) + page).status_code == 404


@pytest.mark.parametrize("page", ["list", "cards"])
def test_lists_and_cards_print_with_the_exercise_on_them(
    mini: Mini, ref: str, officer: Client, page: str
) -> None:
    body = shown(officer, at(mini, "moving", ref, page))
    assert "演练 不是真实灾情" in body
    assert body.count("柳林中学") >= 2


def test_the_village_reads_in_english(mini: Mini, ref: str, officer: Client) -> None:
    assert "Counted in" in shown(officer, at(mini, "moving", ref) + "?lang=en")
