"""Generated names of people. Surnames follow their share of China's population; any likeness is chance."""

import numpy as np
from numpy.typing import NDArray

from anlan.exercise.chance import Chance

# Shares of the commonest surnames in per mille, rounded from public lists; the rarer ones have 1.5 each.
_SURNAMES = (
    "王70 李69 张66 刘53 陈45 杨30 黄22 赵21 吴20 周19 徐15 孙14 马13 朱12 胡12 郭11 何11 林11 高10 罗10 郑9 梁9 谢8 宋8 "
    "唐7 许7 邓7 韩7 冯7 曹6 彭6 曾6 肖6 田6 董6 潘5 袁5 蔡5 蒋5 余5 于5 杜5 叶5 程5 魏5 苏4 吕4 丁4 任4 卢4 姚4 沈4 "
    "钟4 姜4 崔4 谭4 陆4 范4 汪4 廖3 石3 金3 韦3 贾3 夏3 付3 方3 邹3 熊3 白3 孟3 秦3 邱3 侯3 江3 尹3 薛3 闫3 段3 雷3"
)
_RARER = (
    "龙陶贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁"
    "尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项"
)
_FIRST = (
    "建国明志文永家世德金玉春秀桂红海晓小立光庆宏正先书学新青云天自清吉少景运长传大克全道昌焕宗祥"
    "绍述泽守礼仁义忠信孝友仲伯叔成功治平安康"
)
_LAST = (
    "军华强平明勇伟民生斌峰林波辉刚健亮涛鹏飞超龙虎山河武兵芳英兰梅霞玲丽娟敏静燕凤莲珍琴香菊萍艳红云"
    "慧洁婷雪莉琳蓉荣发才富贵友根财宝旺喜来元安"
)
_LIST = (*(part[0] for part in _SURNAMES.split()), *_RARER)
_EDGES = np.cumsum([float(part[1:]) for part in _SURNAMES.split()] + [1.5] * len(_RARER))
_TWO_CHARACTERS = 0.18  # share of names with a single given character


def names(chance: Chance, subjects: NDArray[np.uint64]) -> tuple[str, ...]:
    """One name a subject."""
    surname = np.searchsorted(_EDGES, chance.units(subjects, "surname") * _EDGES[-1], side="right")
    first = (chance.units(subjects, "first character") * len(_FIRST)).astype(int)
    last = (chance.units(subjects, "last character") * len(_LAST)).astype(int)
    short = chance.units(subjects, "short name") < _TWO_CHARACTERS
    return tuple(
        _LIST[s] + ("" if one else _FIRST[f]) + _LAST[x]
        for s, f, x, one in zip(surname, first, last, short, strict=True)
    )


def name(chance: Chance, subject: str) -> str:
    """The name of one subject that is no resident row."""
    return names(chance, np.array([chance.bits(subject, "name") >> 1], dtype=np.uint64))[0]
