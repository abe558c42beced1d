"""A list as one wants it: filters, columns, views under a name; on paper, as data, several at once by the API; files of others."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.foundation.errors import Conflict, NotFound
from anlan.registers import queries, saved, saving, uploads
from anlan.registers.models import SavedView
from anlan.registers.views import listing
from tests.support.city import FOREIGN_VILLAGE, Mini, make_city
from tests.support.planted import DEFECTS, GOOD, planted

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def table(db: None) -> Iterator[None]:
    with planted():
        yield


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


def add(mini: Mini, name: str, **more: str) -> str:
    return saving.add(mini.ctx("administrator"), DEFECTS, {**GOOD, "name": name, **more})


def page(mini: Mini, tail: str = "") -> str:
    return f"/w/{mini.world.key}/registers/defects{tail}"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"kind": "levee"}, "甲乙"), ({"kind": "!levee"}, "丙"), ({"kind": "！levee"}, "丙"), ({"mended_on": "—"}, "甲丙"),
        ({"mended_on": "!—"}, "乙"), ({"state": "found"}, "甲乙丙"), ({"kind": "levee", "people": "12", "mended_on": "—"}, "甲"),
        ({"kind": "lev*"}, ""), ({"place": "—"}, ""),
    ],
)  # fmt: skip
def test_a_filter_says_not_and_not_filled(mini: Mini, asked: dict[str, str], found: str) -> None:
    add(mini, "甲")
    add(mini, "乙", mended_on="2021-08-01")
    add(mini, "丙", kind="other")
    rows = queries.view(mini.ctx("administrator"), DEFECTS, asked)
    assert {row.name for row in rows} == set(found)


def test_a_text_is_found_by_its_beginning(mini: Mini) -> None:
    add(mini, "东堤渗水")
    assert DEFECTS.column("name").narrowed("东堤*", None)  # type: ignore[arg-type]
    rows = DEFECTS.rows(mini.ctx("administrator"))
    assert rows.filter(DEFECTS.column("name").narrowed("东堤*", None)).count() == 1  # type: ignore[arg-type]
    assert rows.filter(DEFECTS.column("name").narrowed("!东堤*", None)).count() == 0  # type: ignore[arg-type]


def test_columns_are_chosen_and_exported_so(mini: Mini) -> None:
    add(mini, "甲")
    client = mini.client("administrator")
    shown = client.get(page(mini, "?c=name&c=people")).content.decode()
    head = shown[shown.index("<thead>") : shown.index("</thead>")]
    assert head.count("<th ") == 4, "choose, ref, name, people"
    lines = b"".join(client.get(page(mini, "/export.csv?c=name&c=people"))).decode("utf-8-sig").splitlines()
    assert len(lines[0].split(",")) == 2


def test_a_view_is_kept_for_oneself_or_shared_with_the_unit(mini: Mini) -> None:
    client, ctx = mini.client("administrator"), mini.ctx("administrator")
    asked = {"name": "渗水的", "asked": "kind=levee&c=name&q=杨守堤&evil=1", "shared": "1"}
    assert client.post(page(mini, "/views"), asked).status_code == 302
    (view,) = SavedView.objects.all()
    assert view.asked == "kind=levee&c=name", "whom one looked for is not kept where names are sealed"
    colleague = mini.ctx("leader")
    assert [v.pk for v in saved.views(colleague, DEFECTS)] == [view.pk]
    assert not saved.views(mini.ctx("foreign"), DEFECTS)
    with pytest.raises(NotFound):
        saved.drop(colleague, DEFECTS, view.pk)
    assert "kind=levee&amp;c=name" in client.get(page(mini)).content.decode()
    saved.save(ctx, DEFECTS, "渗水的", "kind=other", shared=False)
    assert not saved.views(colleague, DEFECTS)
    assert client.post(page(mini, f"/views/{view.pk}/drop")).status_code == 302
    assert not SavedView.objects.exists()


def test_a_long_list_is_counted_no_further_than_people_turn(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "COUNTED", 2)
    for name in "甲乙丙":
        add(mini, name)
    told = mini.client("administrator").get(page(mini), headers={"Accept-Language": "zh"}).content.decode()
    assert "超过 2 条" in told


def test_list_and_entry_are_printed_and_the_entry_bears_its_code(mini: Mini) -> None:
    ref = add(mini, "甲")
    for lang in ("zh", "en"):
        client = mini.client("administrator")
        assert (
            "甲"
            in client.get(page(mini, "/print?kind=levee"), headers={"Accept-Language": lang}).content.decode()
        )
        sheet = client.get(page(mini, f"/{ref}/print"), headers={"Accept-Language": lang}).content.decode()
        assert "<svg" in sheet
        assert "杨守堤" not in sheet
    assert mini.client("foreign").get(page(mini, f"/{ref}/print")).status_code in (403, 404)


def test_the_form_is_told_as_data_for_a_page_without_a_line(mini: Mini) -> None:
    told = mini.client("administrator").get(f"/w/{mini.world.key}/forms/defects.json").json()
    by_name = {c["name"]: c for c in told["columns"]}
    assert by_name["name"]["required"]
    assert by_name["name"]["most"] == 80
    assert [c["value"] for c in by_name["kind"]["choices"]] == ["levee", "other"]
    assert "state" not in by_name
    assert [s["event"] for s in told["steps"]] == ["mend", "check", "reject"]
    assert told["post"] == f"/api/v1{page(mini)}"


class TestSeveralByTheApi:
    def post(self, mini: Mini, items: list[dict[str, Any]], key: str = "k") -> Any:
        return mini.client("administrator").post(
            f"/api/v1{page(mini, '/bulk')}", json.dumps({"items": items, "why": "搬家"}), content_type="application/json",
            headers={"Idempotency-Key": key},
        )  # fmt: skip

    def test_they_are_added_and_changed_by_their_keys_once(self, mini: Mini) -> None:
        add(mini, "甲")
        items = [{**GOOD, "name": "甲", "people": 99}, {**GOOD, "name": "乙"}]
        first, second = self.post(mini, items), self.post(mini, items)
        assert first.status_code == 200, first.content
        told = first.json()
        assert (told["new"], told["changed"], told["same"], len(told["refs"])) == (1, 1, 0, 2)
        assert second.json() == told
        assert self.post(mini, items, "other").json()["same"] == 2

    def test_one_that_is_wrong_keeps_all_out_and_says_which(self, mini: Mini) -> None:
        refused = self.post(
            mini, [{**GOOD, "name": "甲"}, {**GOOD, "name": "乙", "place": FOREIGN_VILLAGE + "9"}]
        )
        assert refused.status_code == 422
        assert "2" in refused.json()["error"]
        assert not queries.view(mini.ctx("administrator"), DEFECTS, {}).exists()


def test_another_keeper_takes_a_file_back_within_scope_with_a_reason(mini: Mini) -> None:
    sender, other = mini.client("administrator"), mini.ctx("administrator")
    book = f"名称,地点\n甲,{GOOD['place']}\n".encode()
    sent = sender.post(page(mini, "/file"), {"file": SimpleUploadedFile("a.csv", book)})
    sender.post(sent.headers["Location"])
    ref = sent.headers["Location"].rpartition("/")[2]
    colleague = mini.may("people.manage", "places.view")
    assert [each.ref for each in uploads.sent(colleague, DEFECTS)] == [ref]
    elsewhere = mini.may("people.manage", "places.view", path=mini.ctx("foreign").scope.paths[0])
    assert not uploads.sent(elsewhere, DEFECTS)
    with pytest.raises(NotFound):
        uploads.upload(colleague, DEFECTS, ref)
    assert uploads.upload(colleague, DEFECTS, ref, saved=True)
    assert uploads.lies_within(colleague, DEFECTS, ref)
    assert not uploads.lies_within(elsewhere, DEFECTS, ref)
    assert other.may("people.manage")


def test_too_many_views_are_refused(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(saved, "MOST", 1)
    saved.save(mini.ctx("administrator"), DEFECTS, "甲", "", shared=False)
    with pytest.raises(Conflict):
        saved.save(mini.ctx("administrator"), DEFECTS, "乙", "", shared=False)
