"""给人听的话: what is said and sent, made from facts: call script, group text, SMS, resident's words, call sheet.

Short, spoken, place and deed first; no codes, no millimetres without their hours. In an exercise each text says so.
A 20-second script is at most 70 Chinese characters (about 3.5 a second); one SMS holds 70 characters (UCS-2).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone

from anlan.foundation.rules.stage import Stage

BEIJING = timezone(timedelta(hours=8))
SCRIPT_CHARACTERS = 70
SMS_CHARACTERS = 70

_DIGITS = "零一二三四五六七八九"


@dataclass(frozen=True, kw_only=True)
class Words:
    """One text in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What the texts are made from. Names as people say them; `by` is when everybody should be there."""

    caller: Words
    place: Words
    hazard: Words
    """山洪 / a flash flood."""
    stage: Stage
    exercise: bool
    cause: Words | None = None
    households: int | None = None
    people: int | None = None
    site: Words | None = None
    by: datetime | None = None
    avoid: Words | None = None
    """What to keep off, as local people know it: 不过河，不过桥."""


@dataclass(frozen=True, kw_only=True)
class ResidentWords:
    """给居民的话: what will happen, where to go, by when."""

    what: Words
    where: Words
    when: Words


@dataclass(frozen=True, kw_only=True)
class CallSheetWords:
    """叫应单: the fixed texts of the printed sheet; the table of people is the page's."""

    title: Words
    script: Words
    boxes: tuple[Words, ...]
    notes: tuple[Words, ...]


def rain_cause(*, place: Words, rain_tenths_mm: int, over_minutes: int, still_raining: bool) -> Words:
    """柳林两小时下了122毫米，还在下: rain in whole millimetres, cut, never rounded up; hours as spoken."""
    mm = rain_tenths_mm // 10
    hours, rest = divmod(over_minutes, 60)
    zh_time = f"{over_minutes}分钟" if rest else f"{spoken_number(hours, two='两')}小时"
    en_time = f"{over_minutes} minutes" if rest else f"{hours} hour{'s' if hours > 1 else ''}"
    return Words(
        zh=f"{place.zh}{zh_time}下了{mm}毫米" + ("，还在下" if still_raining else ""),
        en=f"{place.en} had {mm} mm of rain in {en_time}" + (", still raining" if still_raining else ""),
    )


def call_script(facts: Facts) -> Words:
    """The 20-second script. Too long, it drops the cause and then who calls, never the place, the deed or the time."""
    must_zh = _exercise(facts).zh + f"{_deed(facts).zh}。" + "听清请按1，或说“收到”。"
    caller_zh = f"我是{facts.caller.zh}。"
    cause_zh = f"{facts.cause.zh}。" if facts.cause else ""
    must_en = f"{_exercise(facts).en}{_deed(facts).en}. Press 1 if you understand, or say “received”."
    cause_en = f"{facts.cause.en}. " if facts.cause else ""
    return Words(
        zh=_fitting(
            [
                caller_zh + _exercise(facts).zh + cause_zh + must_zh.removeprefix(_exercise(facts).zh),
                caller_zh + must_zh,
                must_zh,
            ],
            SCRIPT_CHARACTERS,
        ),
        en=f"This is {facts.caller.en}. {cause_en}{must_en}",
    )


def group_chat(facts: Facts) -> Words:
    """The text to paste into a group; it says that a word in the group is no answer."""
    cause_zh = f"{facts.cause.zh}。" if facts.cause else ""
    cause_en = f"{facts.cause.en}. " if facts.cause else ""
    return Words(
        zh=f"{_mark(facts).zh}{facts.caller.zh}：{cause_zh}{_deed(facts).zh}。"
        "请接电话或在答复页上按键；群里回“收到”不算应答。",
        en=f"{_mark(facts).en}{facts.caller.en}: {cause_en}{_deed(facts).en}. "
        "Answer the call or press on the answer page; “received” in this group is no answer.",
    )


def sms(facts: Facts) -> Words:
    """One SMS: the deed first; the cause only if it still fits."""
    cause = f"{facts.cause.zh}。" if facts.cause else ""
    ending = f"{facts.caller.zh}"
    return Words(
        zh=_fitting(
            [
                f"{_mark(facts).zh}{_deed(facts).zh}。{cause}{ending}",
                f"{_mark(facts).zh}{_deed(facts).zh}。{ending}",
            ],
            SMS_CHARACTERS,
        ),
        en=f"{_mark(facts).en}{_deed(facts).en}. {facts.caller.en}",
    )


def resident_words(facts: Facts) -> ResidentWords:
    """What will happen, where to go, by when, as it is read out and printed."""
    site = facts.site or Words(zh="高处", en="high ground")
    avoid = facts.avoid or Words(
        zh="不过河，不过桥，不开车", en="Do not cross streams or bridges; do not drive"
    )
    cause = facts.cause or Words(zh=f"{facts.place.zh}情况危险", en=f"{facts.place.en} is in danger")
    mark = _exercise(facts)
    return ResidentWords(
        what=Words(
            zh=f"{mark.zh}{cause.zh}，{facts.hazard.zh}随时会来。",
            en=f"{mark.en}{cause.en}. {facts.hazard.en.capitalize()} may come at any time.",
        ),
        where=Words(
            zh=f"离开河边和一楼，去{site.zh}。听村组干部安排，{avoid.zh}。",
            en=f"Leave the riverside and ground floors; go to {site.en}. Follow the village cadres. {avoid.en}.",
        ),
        when=_resident_when(facts, site),
    )


def _resident_when(facts: Facts, site: Words) -> Words:
    if facts.stage is Stage.PREPARE:
        return Words(
            zh="现在收拾好，把老人孩子安顿好，听到通知马上走。",
            en="Get ready now, see to the old and the children, and leave as soon as you are told.",
        )
    if facts.stage is Stage.RETURN:
        return Words(
            zh="已经解除，可以回家，由村组干部带回。",
            en="All clear: you may go home, led by the village cadres.",
        )
    by_zh = f"，{clock(facts.by)}前到{site.zh}" if facts.by else ""
    by_en = f", be at {site.en} before {clock(facts.by)}" if facts.by else ""
    return Words(
        zh=f"现在就走{by_zh}。到了要点名，没听到解除不要回家。",
        en=f"Leave now{by_en}. You are counted there; do not go home before the all-clear.",
    )


def call_sheet(facts: Facts) -> CallSheetWords:
    """The fixed texts of 叫应一张纸, usable with the screen dead."""
    boxes = (
        ("1 收到", "1 received"),
        ("2 已到岗", "2 at post"),
        ("3 正在转移", "3 moving people"),
        ("4 转移完成 __ 户 __ 人", "4 moved: __ households, __ people"),
        ("5 需要支援：____", "5 needs help: ____"),
        ("没人接", "no answer"),
        ("号码错", "wrong number"),
        ("拒绝", "refused"),
    )
    notes = (
        (
            "每通电话记时刻；群里的“收到”不算应答。",
            "Write the time of each call; “received” in a chat is no answer.",
        ),
        (
            "没人应答，派最近的人上门，不进水、不过断路。",
            "No answer: send the nearest person, never into water.",
        ),
        ("点过名才算已转移。", "Only who was counted in has moved."),
        ("用完把这张纸录回系统。", "Key this sheet back in afterwards."),
    )
    return CallSheetWords(
        title=Words(
            zh=f"{_mark(facts).zh}{facts.place.zh}叫应单", en=f"{_mark(facts).en}Call sheet, {facts.place.en}"
        ),
        script=call_script(facts),
        boxes=tuple(Words(zh=zh, en=en) for zh, en in boxes),
        notes=tuple(Words(zh=zh, en=en) for zh, en in notes),
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


def _deed(facts: Facts) -> Words:
    """Who does what, where to, by when."""
    who = Words(
        zh=facts.place.zh + (f"{facts.households}户" if facts.households is not None else ""),
        en=facts.place.en + (f", {facts.households} households" if facts.households is not None else ""),
    )
    to = Words(zh=f"，去{facts.site.zh}", en=f", to {facts.site.en}") if facts.site else Words(zh="", en="")
    by = (
        Words(zh=f"，{spoken_time(facts.by)}前到齐", en=f", all there by {clock(facts.by)}")
        if facts.by
        else Words(zh="", en="")
    )
    at = Words(zh=f"在{facts.site.zh}", en=f" at {facts.site.en}") if facts.site else Words(zh="", en="")
    said = {
        Stage.PREPARE: (f"{who.zh}做好转移准备{to.zh}", f"{who.en}: get ready to move{to.en}"),
        Stage.MOVE: (f"{who.zh}现在就转{to.zh}{by.zh}", f"{who.en}: move now{to.en}{by.en}"),
        Stage.COUNT: (
            f"{who.zh}{at.zh}逐户点名，报几户几人",
            f"{who.en}: count everybody{at.en}, report households and people",
        ),
        Stage.STAY_OUT: (
            f"{facts.place.zh}转移的人不得自行返回",
            f"{facts.place.en}: nobody goes back on their own",
        ),
        Stage.RETURN: (
            f"{facts.place.zh}可以返回，由村组带回",
            f"{facts.place.en}: people may go home, led by the village",
        ),
    }
    zh, en = said[facts.stage]
    return Words(zh=zh, en=en)


def _exercise(facts: Facts) -> Words:
    return Words(zh="这是演练。", en="This is an exercise. ") if facts.exercise else Words(zh="", en="")


def _mark(facts: Facts) -> Words:
    return Words(zh="【演练】", en="[EXERCISE] ") if facts.exercise else Words(zh="", en="")


def _fitting(texts: Sequence[str], limit: int) -> str:
    """The first text within the limit; the last one, the least that must be said, if none is."""
    return next((text for text in texts if len(text) <= limit), texts[-1])
