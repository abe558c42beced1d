"""From a call-down to the county's own line: told once, by the cheapest that works, with states that are true; never in an exercise."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from anlan.call import telling
from anlan.call.actions import calldown
from anlan.call.models import Call
from anlan.foundation import events, journal
from anlan.foundation.errors import Conflict, Forbidden, Invalid
from anlan.foundation.models import JournalEntry
from anlan.foundation.rules.grade import Grade
from anlan.gateways.lines.sms import PlainSms
from anlan.places.atlas import atlas
from anlan.reach import actions, outbox, sending
from anlan.reach.kinds import Outgoing, Placed, Receipt
from anlan.reach.models import Attempt, Line, Message
from anlan.reach.rules.states import MessageState
from tests.support.city import COUNTY, TOWN, VILLAGE, Mini, make_city
from tests.support.line_peer import provider

pytestmark = pytest.mark.django_db
S = MessageState
NUMBER = "13800004417"  # of the secretary of the village


@dataclass
class Gate:
    """A provider that does as it is told: `says` gives the state of each, an exception is its own fault."""

    says: Any = S.TAKEN
    got: list[Outgoing] = field(default_factory=list)
    receipts: list[Receipt] = field(default_factory=list)

    def place(self, batch: Any) -> list[Placed]:
        self.got += batch
        if isinstance(self.says, Exception):
            raise self.says
        return [Placed(each.key, self.says, f"p-{each.key}") for each in batch]

    def reports(self, after: str) -> tuple[list[Receipt], str]:
        return self.receipts, str(len(self.receipts))


@pytest.fixture
def mini(settings: Any) -> Mini:
    settings.ADDRESS = "https://anlan.example.gov.cn"
    return make_city()


def line(ref: str = "XL-1", kind: str = "sms-plain", **more: Any) -> Line:
    return Line.objects.create(
        ref=ref,
        name=ref,
        kind=kind,
        state="on",
        address="http://127.0.0.1:1",
        place_id=atlas().code(COUNTY).id,
        **more,
    )


def called_out(mini: Mini) -> str:
    ref = calldown.open_calldown(
        mini.ctx(), township=atlas().code(TOWN), villages=[atlas().code(VILLAGE)], grade=Grade.RED, stage="move",
        cause="X-1", order_no="测试〔2021〕1号",
    )  # fmt: skip
    while events.step(mini.world):
        pass
    return ref


def turn(mini: Mini, each: Line, gate: Gate, seconds: float = 1) -> int:
    each.refresh_from_db()
    return sending.turn(mini.ctx(at=mini.ctx().now + timedelta(seconds=seconds)), each, gate)


def states() -> set[str]:
    return set(Message.objects.filter(contact__gt="").values_list("state", flat=True))


def test_everybody_who_is_called_is_told_once_with_the_page_that_answers(mini: Mini) -> None:
    sms, gate = line(), Gate()
    ref = called_out(mini)
    holders = Call.objects.values("holder").distinct().count()
    assert turn(mini, sms, gate) == holders > 3
    assert turn(mini, sms, gate) == 0
    assert states() == {S.TAKEN}
    (mine,) = [each for each in gate.got if each.to == NUMBER]
    assert "立即转移" in mine.text
    assert f"https://anlan.example.gov.cn/a/live/{ref}/H-v1-secretary/" in mine.text
    page = mini.client().get(mine.text.partition("gov.cn")[2])
    assert page.status_code == 200
    board = mini.client("duty_officer").get(f"/w/live/calls/{ref}").content.decode()
    assert "运营方已收下" in board
    assert not any(NUMBER in row.text or "/a/live/" in row.text for row in JournalEntry.objects.all())


def test_taken_becomes_delivered_by_its_receipt_and_never_back(mini: Mini) -> None:
    sms, gate = line(), Gate()
    called_out(mini)
    turn(mini, sms, gate)
    first = Attempt.objects.order_by("pk").first()
    assert first is not None
    gate.receipts = [Receipt(first.provider_id, S.DELIVERED), Receipt("of another county", S.DELIVERED)]
    turn(mini, sms, gate)
    gate.receipts = [*gate.receipts, Receipt(first.provider_id, S.FAILED, why="late")]
    turn(mini, sms, gate)
    assert Message.objects.get(pk=first.message_id).state == S.DELIVERED
    assert Message.objects.filter(state=S.DELIVERED).count() == 1


def test_a_try_without_an_answer_is_unknown_and_goes_on_by_another_line_alone(mini: Mini) -> None:
    first, second = line("XL-1"), line("XL-2", price_fen=5)
    dead, good = Gate(says=TimeoutError("13800004417")), Gate()
    called_out(mini)
    turn(mini, first, dead)
    assert turn(mini, first, dead, 61) == 0, "never the same line again"
    turn(mini, second, good, 61)
    assert states() == {S.TAKEN}
    asked = [each.to for each in dead.got]
    assert len(asked) == len(set(asked))
    assert [
        JournalEntry.objects.filter(name=f"reach.line.{name}").count() for name in ("failed", "returned")
    ] == [1, 0]
    assert not JournalEntry.objects.filter(text__contains=NUMBER).exists()


def test_one_line_alone_leaves_it_unknown_and_says_so(mini: Mini) -> None:
    only = line()
    called_out(mini)
    turn(mini, only, Gate(says=TimeoutError()))
    turn(mini, only, Gate(), 62)
    assert S.UNKNOWN in states()
    assert turn(mini, only, Gate(), 3600) == 0
    assert Message.objects.filter(state=S.UNKNOWN).exists(), "what may have left is not called expired"


def test_a_line_that_may_not_reach_the_number_now_leaves_it_to_one_that_may(mini: Mini) -> None:
    by_day, always = line("XL-1", from_hour=0, to_hour=0), line("XL-2", price_fen=5)
    called_out(mini)
    assert turn(mini, by_day, Gate()) == 0
    assert turn(mini, always, Gate()) > 3


def test_after_a_fall_between_try_and_answer_nothing_is_sent_twice(mini: Mini) -> None:
    sms = line(per_second=1)
    called_out(mini)

    class Killed(BaseException):
        pass

    class Dies(Gate):
        def place(self, batch: Any) -> list[Placed]:
            self.got += batch
            raise Killed

    dies, gate = Dies(), Gate()
    with pytest.raises(Killed):
        turn(mini, sms, dies)
    assert sending.recover(mini.ctx(), sms) == len(dies.got)
    for seconds in range(1, 20):
        turn(mini, sms, gate, seconds)
    assert not {each.to for each in dies.got} & {each.to for each in gate.got}


def test_old_news_is_not_sent(mini: Mini) -> None:
    sms, gate = line(), Gate()
    called_out(mini)
    assert turn(mini, sms, gate, telling.LASTS.total_seconds() + 1) == 0
    assert states() == {S.EXPIRED}


def test_an_exercise_and_a_city_without_lines_write_no_message(mini: Mini) -> None:
    called_out(mini)
    line()
    called_out(mini.exercise())
    assert not Message.objects.exists()


def test_a_group_gets_one_digest_of_a_call_down(mini: Mini) -> None:
    robot, gate = line(kind="wecom-robot"), Gate()
    called_out(mini)
    turn(mini, robot, gate)
    (digest,) = gate.got
    assert "联盟村" in digest.text
    assert digest.to == ""


def test_over_a_real_socket_a_plain_line_carries_it(mini: Mini) -> None:
    def answer(path: str, body: bytes) -> tuple[int, Any]:
        import orjson

        if path.endswith("/reports"):
            return 200, {"mark": "1", "reports": []}
        told = orjson.loads(body)["messages"]
        return 200, {
            "messages": [{"key": each["key"], "state": "taken", "id": f"p{each['key']}"} for each in told]
        }

    with provider(answer) as peer:
        sms = line()
        sms.address = peer.address + "/send"
        sms.save()
        called_out(mini)
        turn(mini, sms, PlainSms(sending.settings_of(sms)))  # type: ignore[arg-type]
        assert states() == {S.TAKEN}
        assert len(peer.bodies("/send")) == 1, "a batch is one request"


# ---------- the switch ----------
def test_a_line_is_switched_on_only_after_a_test_that_went_through(mini: Mini) -> None:
    each, admin = line(), mini.ctx("administrator")
    Line.objects.update(state="off")
    with pytest.raises(Conflict):
        actions.switch(admin, ref=each.ref, on=True)
    with pytest.raises(Invalid):
        actions.try_line(admin, ref=each.ref, number="1380")
    with pytest.raises(Forbidden):
        actions.try_line(mini.ctx("duty_officer"), ref=each.ref, number=NUMBER)
    actions.try_line(admin, ref=each.ref, number=NUMBER)
    gate = Gate()
    assert [row.ref for row in sending.with_work(mini.world)] == [each.ref]
    assert turn(mini, each, gate) == 1
    assert "线路测试" in gate.got[0].text
    actions.switch(admin, ref=each.ref, on=True)
    with pytest.raises(Invalid):
        actions.switch(admin, ref=each.ref, on=False)
    actions.switch(admin, ref=each.ref, on=False, reason="运营方维护")
    assert outbox.lines_on(atlas().code(TOWN).path, to_group=False) == []
    told = [journal.read(row)["body"] for row in JournalEntry.objects.filter(name="reach.line.switched")]
    assert told == [{"on": True}, {"on": False, "why": "运营方维护"}]


def test_pages_show_lines_and_exchanges_with_the_number_masked(mini: Mini) -> None:
    each, admin = line(), mini.client("administrator")
    actions.try_line(mini.ctx("administrator"), ref=each.ref, number=NUMBER)
    turn(mini, each, Gate())
    listed = admin.get("/w/live/lines").content.decode()
    body = admin.get(f"/w/live/lines/{each.ref}").content.decode()
    assert each.name in listed
    assert "运营方已收下" in body
    assert NUMBER not in body
    assert mini.client("grid_worker").get(f"/w/live/lines/{each.ref}").status_code == 403
    sent = admin.post(f"/w/live/lines/{each.ref}/try", {"number": "13900000000"})
    assert sent.status_code == 302
