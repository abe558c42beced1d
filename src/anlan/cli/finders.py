"""The commands for who keeps the server: found by `/`, and read on a page with their own help."""

import argparse
from collections.abc import Iterator
from functools import cache

from anlan.cli import COMMANDS, parser
from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.ui.finding import AT_MOST, Finder, Hit

DOES = {
    "demo": w("起一座演示城，重演柳林之夜"),
    "setup": w("从自己的县开始：名称、代码、第一位管理员，和一夹子表格"),
    "run": w("起网页和引擎，直到停下"),
    "replay": w("让过去的一夜在真系统里再过一遍"),
    "exercise": w("办演练：新建、走到底、列出、开始、暂停、结束"),
    "decode": w("把测站报文读成一行一条"),
    "cap": w("核对一份 CAP 预警文件"),
    "journal": w("核验日志，或看它的条目"),
    "simulate": w("拿文件跑模型，不用网页和库"),
    "verify": w("拿精确解核对洪水求解器"),
    "bench": w("量一量常走的路有多快"),
    "doctor": w("哪里没配好，怎么改"),
    "upgrade": w("装了新版以后：备份、迁移、核验，不成就退回"),
    "backup": w("写一份备份（密钥不在里面）"),
    "restore": w("把备份恢复到空的安装里"),
    "web": w("只起网页进程"),
    "engine": w("只起引擎进程"),
    "account": w("建一个账号"),
    "ground": w("把自己的地形放进来，或拿掉"),
    "map": w("从文件读入边界、河流、道路、房屋"),
    "pack": w("哪些规则包在管事；采用或停用一个"),
    "register": w("台账：列出、模板、导入、导出"),
}


def does(name: str) -> str:
    """What a command is for; a test asks for each."""
    return DOES.get(name, name)


@cache
def helps() -> dict[str, list[str]]:
    """By command: its own help, then that of each of its actions."""
    return {name: [p.format_help() for p in _all(found)] for name, found in _below(parser()).items()}


def _below(one: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    actions = [a for a in one._actions if isinstance(a, argparse._SubParsersAction)]
    return dict(actions[0].choices) if actions else {}


def _all(one: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield one
    for each in _below(one).values():
        yield from _all(each)


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    wanted = text.casefold().removeprefix("anlan ")
    fits = [n for n in COMMANDS if wanted in n or text in does(n) or wanted in t("en", does(n)).casefold()]
    for name in fits[:AT_MOST]:
        yield Hit(name=f"anlan {name}", page=f"commands#{name}", about=t(lang, does(name)))


FINDERS = (Finder(word=w("命令"), permission="admin.manage", place=11, find=_found),)
