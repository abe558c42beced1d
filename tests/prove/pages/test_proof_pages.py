"""Proof on screen, as PDF and as CSV; and the sealed record of one duty holder."""

import csv
import io
from datetime import timedelta

import pytest
from django.test import Client
from pypdf import PdfReader

from anlan.call.actions import hearing
from anlan.foundation import events, journal
from anlan.foundation.models import JournalEntry
from tests.call.pages.test_call_pages import at, shown
from tests.call.test_calldown_actions import opened
from tests.prove.test_proof_queries import said
from tests.support.city import NIGHT, TOWN, VILLAGE, Mini


@pytest.fixture
def mini(city: Mini) -> Mini:
    """An exercise with a telephone network: calls are placed by it, not laid on the desk."""
    return city.exercise(settings={"hours": "ending", "network": "simulated"})


@pytest.fixture
def ref(mini: Mini) -> str:
    ref = opened(mini.ctx())
    while events.step(mini.world):
        pass
    for n, holder in enumerate(("H-v1-secretary", "H-v1-group")):
        said(mini.ctx(at=NIGHT + timedelta(seconds=20 + n)), ref, holder)
    return ref


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


def test_the_index_lists_townships_where_something_happened(mini: Mini, ref: str, officer: Client) -> None:
    body = shown(officer, at(mini, "proof"))
    assert "柳林镇" in body
    assert "南郊街道" not in body


def test_an_empty_index_says_so(mini: Mini, officer: Client) -> None:
    assert "还没有可以证明的事" in shown(officer, at(mini, "proof"))


def test_a_villages_proof_tells_the_course_with_journal_links(mini: Mini, ref: str, officer: Client) -> None:
    body = shown(officer, at(mini, "proof", VILLAGE))
    assert "处置证明" in body
    assert "2 已到岗" in body
    assert "村里应答人数已够" in body
    entry = JournalEntry.objects.filter(name="warn.line.answered").order_by("seq")[0]
    assert f"{entry.seq} · {entry.hash[:8]}" in body
    assert f"/journal/{entry.seq}" in body


def test_what_is_missing_is_said(mini: Mini, ref: str, officer: Client) -> None:
    assert "没有点名这里的预警" in shown(officer, at(mini, "proof", VILLAGE))


def test_a_townships_proof_has_a_line_for_each_village(mini: Mini, ref: str, officer: Client) -> None:
    body = shown(officer, at(mini, "proof", TOWN))
    assert "联盟村" in body
    assert "古城畈村" in body
    assert 'class="is-open"' in body


def test_the_proof_names_posts_and_nobody(mini: Mini, ref: str, officer: Client) -> None:
    body = shown(officer, at(mini, "proof", VILLAGE))
    assert "三组组长" in body
    assert "杨柳青" not in body


def test_the_proof_reads_in_english(mini: Mini, ref: str, officer: Client) -> None:
    assert "enough of the village have answered" in shown(officer, at(mini, "proof", VILLAGE) + "?lang=en")


def test_the_pdf_says_the_same_in_chinese(mini: Mini, ref: str, officer: Client) -> None:
    reply = officer.get(at(mini, "proof", VILLAGE, "pdf"))
    assert reply["Content-Type"] == "application/pdf"
    text = pdf_text(reply.content)
    assert "联盟村" in text
    assert "演练" in text
    assert "合成数据" in text


def test_the_csv_carries_the_columns_of_the_report_with_local_times(
    mini: Mini, ref: str, officer: Client
) -> None:
    text = officer.get(at(mini, "proof", TOWN, "csv")).content.decode("utf-8-sig")
    rows = {row["code"]: row for row in csv.DictReader(io.StringIO(text))}
    assert rows[VILLAGE]["answered_at"] == "2021-08-12T04:00:21+08:00"
    assert rows[VILLAGE]["answered_by"] == "三组组长"
    assert len(rows) == 2


def test_a_duty_record_tells_when_told_and_what_was_done(mini: Mini, ref: str, officer: Client) -> None:
    body = shown(officer, at(mini, "proof", "holders", "H-v1-secretary"))
    assert "尽职履职单" in body
    assert "支书 杨**" in body
    assert "红色，立即转移" in body
    assert "未封存" in body


def test_a_sealed_record_says_when_something_came_after(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "proof", "holders", "H-v1-secretary")
    officer.post(f"{url}/seal")
    assert "已封存" in shown(officer, url)
    hearing.heard_answer(mini.ctx(), call_down=ref, holder="H-v1-secretary", kind=3, key="z", channel="desk")
    assert "要重新封存" in shown(officer, url)


def test_the_seal_is_an_entry_of_a_chain_that_holds(mini: Mini, ref: str, officer: Client) -> None:
    officer.post(at(mini, "proof", "holders", "H-v1-secretary", "seal"))
    told = journal.read(JournalEntry.objects.get(name="warn.duty.sealed"))
    assert len(told["body"]["digest"]) == 64
    assert journal.verify(mini.ctx().world, "mini").bad_seq is None


def test_the_duty_record_prints_with_its_seal(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "proof", "holders", "H-v1-secretary")
    officer.post(f"{url}/seal")
    assert "已封存" in pdf_text(officer.get(f"{url}/pdf").content)


@pytest.mark.parametrize(
    "page", [f"proof/{VILLAGE}", f"proof/{TOWN}/pdf", f"proof/{TOWN}/csv", "proof/holders/H-v1-secretary"]
)
def test_a_foreign_officer_finds_no_proof(mini: Mini, ref: str, page: str) -> None:
    assert mini.client("foreign").get(at(mini, page)).status_code == 404


def test_who_has_no_right_to_proofs_gets_none(mini: Mini, ref: str) -> None:
    assert mini.client("village_cadre").get(at(mini, "proof")).status_code == 403
