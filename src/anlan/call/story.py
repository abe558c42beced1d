"""What the journal says of calls, doors and contact, in sentences."""

from collections.abc import Callable

from anlan.call import events
from anlan.call.queries.board import MEANS_WORDS, OUTCOMES_AT_DOOR
from anlan.call.rules.calldown.shapes import AnswerKind, CallState, LineKind
from anlan.foundation.words import w
from anlan.places.atlas import atlas
from anlan.ui.speech import Entry, Saying, Told, Words, plain

STEP_WORDS = {
    "satellite_phone": w("卫星电话"),
    "short_wave": w("短波电台"),
    "neighbouring_township": w("相邻乡镇派人联络"),
    "team": w("派出队伍"),
}


def _opened(say: Words, entry: Entry) -> Told:
    return Told(say(w("叫应启动：{n} 条线同时叫（常设授权，免批）"), n=len(entry["body"]["lines"])), "key")


def _calls(say: Words, entry: Entry) -> list[str]:
    """The calls of an entry that are made for the village: world/holder/turn."""
    key = f"village:{say.place.path}"
    return [each["call"] for each in entry["body"]["calls"] if key in each["lines"]]


def _names(say: Words, calls: list[str]) -> str:
    return say.people(call.split("/")[1] for call in calls)


def _placed(say: Words, entry: Entry) -> Told | None:
    if not (calls := _calls(say, entry)):
        return None
    turn = max(int(number) for call in calls if (number := call.rsplit("/", 1)[1]).isdigit())
    return Told(say(w("第 {turn} 轮：叫{names}"), turn=turn, names=_names(say, calls)))


def _laid(say: Words, entry: Entry) -> Told | None:
    calls = _calls(say, entry)
    return Told(say(w("{names}上了叫应台，待拨"), names=_names(say, calls))) if calls else None


def _ended(say: Words, entry: Entry) -> Told | None:
    mine = [each for each in entry["body"]["calls"] if each["call"].split("/")[1] in say.titles]
    if not mine:
        return None
    word = say(CallState(mine[0]["outcome"]).word)
    return Told(say(w("{names}{word}"), names=_names(say, [each["call"] for each in mine]), word=word))


def _answered(say: Words, entry: Entry) -> Told:
    body = entry["body"]
    kind = AnswerKind(body["answer"])
    who, word = say.who(entry["refs"]["holder"]), say(kind.word)
    text = say(w("{who}按 {n} {word}"), who=who, n=int(kind), word=word)
    if body.get("households"):
        text += say(w("，{n} 户"), n=body["households"])
    return Told(text, "key" if kind is AnswerKind.NEED_HELP else "safe")


def _door_ordered(say: Words, entry: Entry) -> Told:
    body = entry["body"]
    if not body["by"]:
        means = say(MEANS_WORDS.get(body["means"], body["means"]))
        return Told(say(w("人去不了，用{means}示警"), means=means), "key")
    km = f"{(body['distance_m'] or 0) / 1000:.1f}"
    return Told(say(w("派{who}敲门，{km} km"), who=say.who(body["by"]), km=km), "key")


def _door_done(say: Words, entry: Entry) -> Told:
    outcome = entry["body"]["outcome"]
    text = say(w("回报：{what}"), what=say(OUTCOMES_AT_DOOR.get(outcome, outcome)))
    return Told(text, "safe" if outcome in ("reached", "nobody_home") else "")


def _of_line(text: str, look: str = "", *, names: str = "") -> Saying:
    """A sentence about one line: whose it is, and who of its people."""

    def said(say: Words, entry: Entry) -> Told:
        kind, path, *_ = entry["refs"]["line"].split(":")
        place = atlas().by_path[path].name if path in atlas().by_path else path
        whose = place if kind == LineKind.VILLAGE else f"{place}{say(LineKind(kind).word)}"
        return Told(say(text, line=whose, names=say.people(entry["body"].get(names, ()))), look)

    return Saying(said)


def _step(text: str) -> Callable[[Words, Entry], Told]:
    def said(say: Words, entry: Entry) -> Told:
        step = entry["body"]["step"]
        return Told(say(text, step=say(STEP_WORDS.get(step, step))), "key")

    return said


def _taken_back(say: Words, entry: Entry) -> Told:
    return Told(say(w("撤销：{who}的记录记错了"), who=say.who(entry["refs"]["holder"])), "key")


def _held(say: Words, entry: Entry) -> Told:
    return Told(say(w("叫应暂缓：{why}"), why=entry["body"]["reason"]), "key")


SAYINGS = {
    events.CALLDOWN_OPENED: Saying(_opened),
    events.CALLDOWN_JOINED: plain(w("并入正在进行的叫应"), "key"),
    events.CALLDOWN_CLOSED: plain(w("这一级叫应结束")),
    events.CALLDOWN_HELD: Saying(_held),
    events.CALLDOWN_RELEASED: plain(w("叫应继续"), "key"),
    events.CALL_LAID: Saying(_laid, of="village"),
    events.CALL_PLACED: Saying(_placed, of="village"),
    events.CALL_ENDED: Saying(_ended, of="village"),
    events.CALL_ANSWERED: Saying(_answered, of="village"),
    events.CALL_TAKEN_BACK: Saying(_taken_back),
    events.LINE_ESCALATED: _of_line(w("{line}没人应，上提一级")),
    events.LINE_SILENT: _of_line(w("{line}到时限仍无人应答，转敲门核查"), "key"),
    events.LINE_ANSWERED: _of_line(w("{line}应答够了：{names}"), "safe", names="by"),
    events.DOORCHECK_ORDERED: Saying(_door_ordered),
    events.DOORCHECK_DONE: Saying(_door_done),
    events.DOORCHECK_OVERDUE: plain(w("敲门没有按时回报"), "key"),
    events.CONTACT_LOST: Saying(_step(w("失联，按最坏情况办：{step}")), of="township"),
    events.CONTACT_STEP: Saying(_step(w("下一步：{step}")), of="township"),
    events.CONTACT_REGAINED: plain(w("恢复联系"), "safe", of="township"),
    events.CALLOUT_REFUSED: plain(w("没有自动叫应：常设授权没有签或已过期"), "key"),
}
