"""给人听的话: what is said and sent, made from facts: call script, group text, resident's words, call sheet.

Short, spoken, place and deed first; no codes, no millimetres without their hours. In an exercise each text says so.
A 20-second script is at most 70 Chinese characters (about 3.5 a second).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import Sentence, Text, say

BEIJING = timezone(timedelta(hours=8))
SCRIPT_CHARACTERS = 70

_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the texts are made from. Names as people say them; `by` is when everybody should be there."""

    caller: Text
    place: Text
    hazard: Text
    stage: Stage
    exercise: bool
    cause: Sentence | None = None
    households: int | None = None
    people: int | None = None
    site: Text | None = None
    by: datetime | None = None
    avoid: Text | None = None
    """What to keep off, as local people know it: 不过河，不过桥."""


@dataclass(frozen=True, kw_only=True)
class ResidentWords:
    """给居民的话: what will happen, where to go, by when."""

    what: Sentence
    where: Sentence
    when: Sentence


@dataclass(frozen=True, kw_only=True)
class CallSheetWords:
    """叫应单: the fixed texts of the printed sheet; the table of people is the page's."""

    title: Sentence
    script: Sentence
    boxes: tuple[Sentence, ...]
    notes: tuple[Sentence, ...]


def rain_cause(*, place: Text, rain_tenths_mm: int, over_minutes: int, still_raining: bool) -> Sentence:
    """柳林两小时下了122毫米，还在下: rain in whole millimetres, cut, never rounded up; hours as spoken."""
    hours, rest = divmod(over_minutes, 60)
    spoken = {"zh": spoken_number(hours, two="两"), "en": str(hours)}
    span = say("{n}分钟", n=over_minutes) if rest else say("{n}小时", n=spoken)
    if still_raining:
        return say("{place}{span}下了{mm}毫米，还在下", place=place, span=span, mm=rain_tenths_mm // 10)
    return say("{place}{span}下了{mm}毫米", place=place, span=span, mm=rain_tenths_mm // 10)


def call_script(facts: Facts) -> Sentence:
    """The 20-second script. Too long, it drops the cause and then who calls, never the place, the deed or the time."""
    must: dict[str, object] = {"exercise": _exercise(facts), "deed": _deed(facts)}
    texts = [
        say("我是{caller}。{exercise}{deed}。听清请按1，或说“收到”。", caller=facts.caller, **must),
        say("{exercise}{deed}。听清请按1，或说“收到”。", **must),
    ]
    if facts.cause:
        whole = "我是{caller}。{exercise}{cause}。{deed}。听清请按1，或说“收到”。"
        texts.insert(0, say(whole, caller=facts.caller, cause=facts.cause, **must))
    return _fitting(texts, SCRIPT_CHARACTERS)


def group_chat(facts: Facts) -> Sentence:
    """The text to paste into a group; it says that a word in the group is no answer."""
    return say(
        "{mark}{caller}：{cause}{deed}。请接电话或在答复页上按键；群里回“收到”不算应答。",
        mark=_mark(facts),
        caller=facts.caller,
        cause=_because(facts),
        deed=_deed(facts),
    )


def _because(facts: Facts) -> Text:
    return say("{cause}。", cause=facts.cause) if facts.cause else ""


def resident_words(facts: Facts) -> ResidentWords:
    """What will happen, where to go, by when, as it is read out and printed."""
    site = facts.site or say("高处")
    avoid = facts.avoid or say("不过河，不过桥，不开车")
    cause = facts.cause or say("{place}情况危险", place=facts.place)
    return ResidentWords(
        what=say(
            "{mark}{cause}，{hazard}随时会来。", mark=_exercise(facts), cause=cause, hazard=facts.hazard
        ),
        where=say("离开河边和一楼，去{site}。听村组干部安排，{avoid}。", site=site, avoid=avoid),
        when=_resident_when(facts, site),
    )


def _resident_when(facts: Facts, site: Text) -> Sentence:
    if facts.stage is Stage.PREPARE:
        return say("现在收拾好，把老人孩子安顿好，听到通知马上走。")
    if facts.stage is Stage.RETURN:
        return say("已经解除，可以回家，由村组干部带回。")
    by = say("，{clock}前到{site}", clock=clock(facts.by), site=site) if facts.by else ""
    return say("现在就走{by}。到了要点名，没听到解除不要回家。", by=by)


def call_sheet(facts: Facts) -> CallSheetWords:
    """The fixed texts of 叫应一张纸, usable with the screen dead."""
    return CallSheetWords(
        title=say("{mark}{place}叫应单", mark=_mark(facts), place=facts.place),
        script=call_script(facts),
        boxes=(
            say("1 收到"),
            say("2 已到岗"),
            say("3 正在转移"),
            say("4 转移完成 __ 户 __ 人"),
            say("5 需要支援：____"),
            say("没人接"),
            say("号码错"),
            say("拒绝"),
        ),
        notes=(
            say("每通电话记时刻；群里的“收到”不算应答。"),
            say("没人应答，派最近的人上门，不进水、不过断路。"),
            say("清点过才算已转移。"),
            say("用完把这张纸录回系统。"),
        ),
    )


def clock(at: datetime | None) -> str:
    """04:30, Beijing time."""
    return at.astimezone(BEIJING).strftime("%H:%M") if at else ""


def spoken_time(at: datetime) -> str:
    """四点半, as it is said on the telephone, Beijing time."""
    local = at.astimezone(BEIJING)
    hour = "零点" if local.hour == 0 else spoken_number(local.hour, two="两") + "点"
    if local.minute == 0:
        return hour
    if local.minute == 30:
        return hour + "半"
    zero = "零" if local.minute < 10 else ""
    return f"{hour}{zero}{spoken_number(local.minute)}分"


def spoken_number(value: int, *, two: str = "二") -> str:
    """A number below 100 in Chinese characters; above, in figures."""
    if value == 2:
        return two
    if not 0 <= value < 100:
        return str(value)
    tens, ones = divmod(value, 10)
    if tens == 0:
        return _DIGITS[ones]
    head = "十" if tens == 1 else _DIGITS[tens] + "十"
    return head + (_DIGITS[ones] if ones else "")


def _deed(facts: Facts) -> Sentence:
    """Who does what, where to, by when."""
    who = facts.place
    if facts.households is not None:
        who = say("{place}{n}户", place=facts.place, n=facts.households)
    to = say("，去{site}", site=facts.site) if facts.site else ""
    at = say("在{site}", site=facts.site) if facts.site else ""
    by: Text = ""
    if facts.by:
        by = say("，{time}前到齐", time={"zh": spoken_time(facts.by), "en": clock(facts.by)})
    return {
        Stage.PREPARE: say("{who}做好转移准备{to}", who=who, to=to),
        Stage.MOVE: say("{who}现在就转{to}{by}", who=who, to=to, by=by),
        Stage.COUNT: say("{who}{at}逐户点名，报几户几人", who=who, at=at),
        Stage.STAY_OUT: say("{place}转移的人不得自行返回", place=facts.place),
        Stage.RETURN: say("{place}可以返回，由村组带回", place=facts.place),
    }[facts.stage]


def _exercise(facts: Facts) -> Text:
    return say("这是演练。") if facts.exercise else ""


def _mark(facts: Facts) -> Text:
    return say("【演练】") if facts.exercise else ""


def _fitting(texts: Sequence[Sentence], limit: int) -> Sentence:
    """The first text within the limit; the last one, the least that must be said, if none is."""
    return next((text for text in texts if len(text.zh) <= limit), texts[-1])
