"""Configuration parameters of functions 40 to 43 and 49 (annex D): guide, name and digits."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple


class Parameter(NamedTuple):
    """One row of table D.1 or D.4. ``decimals`` is None where the data is not one BCD number."""

    code: str
    name: str
    decimals: int | None
    unit: str = ""


_SINGLE: Final = """
01 中心站地址 -
02 遥测站地址 -
03 密码 -
0C 工作方式 0
0D 遥测站采集要素设置 -
0E 中继站服务地址范围 -
0F 遥测站通信设备识别号 -
20 定时报时间间隔 0 小时
21 加报时间间隔 0 分钟
22 降水量日起始时间 0 小时
23 采样间隔 0 秒
24 水位数据存储间隔 0 分钟
25 雨量计分辨力 1 毫米
26 水位计分辨力 1 厘米
27 雨量加报阈值 0 毫米
40 加报水位以上加报阈值 2 米
41 加报水位以下加报阈值 2 米
42 流量加报阈值 3 立方米/秒
43 流速加报阈值 3 米/秒
44 闸位加报阈值 2 米
45 功率加报阈值 0 千瓦
46 气压加报阈值 0 百帕
47 风速加报阈值 2 米/秒
48 水温加报阈值 1 摄氏度
8D 流量上限 3 立方米/秒
96 水量定值量 3 立方米
97 固态存储数据初始化 -
98 遥测终端参数恢复出厂设置 -
"""

# first guide, how many, name with {}, decimals, unit
_NUMBERED: Final = """
28 8 水位基值{} 3 米
30 8 水位修正基值{} 3 米
38 8 加报水位{} 2 米
8E 8 水表{}充值水量 3 立方米
99 8 水表{}水量表底值 3 立方米
A1 8 水表{}剩余水量报警值 3 立方米
"""

# pairs 上限/下限: first guide, how many pairs, name, decimals, unit
_LIMITS: Final = """
49 8 取(排)水口{}水位 2 米
59 8 取(排)水口{}水压 2 千帕
69 1 水温 1 摄氏度
6B 1 pH值 1 -
6D 1 溶解氧 1 毫克/升
6F 1 高锰酸盐指数 1 毫克/升
71 1 电导率 0 微西门/厘米
73 1 氧化还原电位 1 毫伏
75 1 浊度 0 度
77 1 氨氮 2 毫克/升
79 1 总氮 2 毫克/升
7B 1 铜 4 毫克/升
7D 1 锌 4 毫克/升
7F 1 氟化物 2 毫克/升
81 1 硒 5 毫克/升
83 1 砷 5 毫克/升
85 1 汞 5 毫克/升
87 1 镉 5 毫克/升
89 1 总有机碳 2 毫克/升
8B 1 叶绿素 2 毫克/升
"""


def _rows() -> Iterator[Parameter]:
    for line in _SINGLE.split("\n")[1:-1]:
        code, name, places, *units = line.split()
        yield Parameter(code, name, None if places == "-" else int(places), *units)
    for n in range(8):
        centre, spare = divmod(n, 2)
        yield Parameter(f"{4 + n:02X}", f"中心站{centre + 1}{'备用' if spare else '主'}信道类型及地址", None)
    for line in _NUMBERED.split("\n")[1:-1]:
        first, count, name, decimals, unit = line.split()
        for n in range(int(count)):
            yield Parameter(f"{int(first, 16) + n:02X}", name.format(n + 1), int(decimals), unit)
    for line in _LIMITS.split("\n")[1:-1]:
        first, count, name, decimals, unit = line.split()
        for n in range(2 * int(count)):
            title = name.format(n // 2 + 1) + ("下限" if n % 2 else "上限")
            yield Parameter(f"{int(first, 16) + n:02X}", title, int(decimals), unit)


PARAMETERS: Final[dict[str, Parameter]] = {row.code: row for row in _rows()}


def parameter(code: str) -> Parameter:
    """The parameter of a guide; reserved and user guides come back named by their guide."""
    return PARAMETERS.get(code) or Parameter(code, f"参数{code}", None)
