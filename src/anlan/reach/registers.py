"""外呼线路、通知: the county's lines as it sets them up, and what was sent by them, with its exact state."""

from collections.abc import Iterator

from anlan.foundation.words import Sentence, say, w
from anlan.places.columns import InPlace
from anlan.reach.kinds import kinds
from anlan.reach.models import Line
from anlan.registers.columns import Choice, Code, Flag, Look, Text, Whole
from anlan.registers.register import Change, Register
from anlan.registers.sealed import Masked, Sealed

HIDDEN = "****"
HOUR = {"least": 0, "most": 24, "listed": False}


class Secret(Sealed):
    """密钥: no page, file or journal shows it; left empty it stays as it is."""

    def read(self, text: str, look: Look) -> str:
        return Masked(text) if text == HIDDEN else text

    def masked(self, value: str) -> str:
        return HIDDEN if value else ""


def _fits(change: Change, look: Look) -> Iterator[tuple[str, Sentence]]:
    """What its kind cannot do without; and a line that is on is not changed under it."""
    kind = kinds().get(change.values["kind"])
    for name in kind.needs if kind else ():
        is_kept = name == "secret" and not change.is_new
        if not change.values.get(name) and not is_kept:
            yield name, say("这种线路要填这一栏")
    if not change.is_new and change.row.state == "on":
        yield "", say("线路开着，先停用再改")


LINES = Register(
    name="lines", word=w("外呼线路"), room="reach", model=Line, view="reach.view", keep="reach.manage", kind="XL",
    note=w("短信、群机器人、邮件；填好、试发、启用三步，演练从不走真线路"),
    keys=(("ref",), ("name",)), order=("place__path", "name"), join=("place",), fits=_fits,
    columns=(
        Code(name="ref", word=w("编号"), listed=False, fixed=True, hint=w("新登记的不用填")),
        Text(name="name", word=w("线路名称"), required=True, find=True, most=60),
        Choice(name="kind", word=w("线路种类"), words={kind.name: kind.word for kind in kinds().values()}, required=True, filter=True,
               fixed=True),
        InPlace(required=True, filter=True, hint=w("这条线路替哪里发；下面的地方都用它")),
        Text(name="address", word=w("地址"), most=300, hint=w("运营方给的接口地址，https:// 或 smtps:// 开头")),
        Text(name="account", word=w("账号"), most=120, listed=False),
        Secret(name="secret", word=w("密钥"), bound=lambda row: row.ref, most=300, listed=False, hint=w("存了就不再显示")),
        Text(name="sign", word=w("签名"), most=60, listed=False, hint=w("短信签名，报备的那个；邮件填发件人")),
        Text(name="template", word=w("模板编号"), most=120, listed=False),
        Text(name="receivers", word=w("收件人"), most=1000, listed=False, hint=w("邮件用，逗号分开")),
        Whole(name="per_second", word=w("每秒几条"), least=1, most=1000, default=10, listed=False),
        Whole(name="per_number_minute", word=w("一个号码每分钟几条"), least=0, most=60, default=2, listed=False,
              hint=w("0 是不限；照运营方书面的写")),
        Whole(name="per_number_day", word=w("一个号码每天几条"), least=0, most=1000, default=30, listed=False,
              hint=w("0 是不限；照运营方书面的写")),
        Whole(name="from_hour", word=w("几点起可以发"), default=0, **HOUR),
        Whole(name="to_hour", word=w("几点止"), default=24, **HOUR),
        Whole(name="price_fen", word=w("一条几分钱"), least=0, most=1000, default=0, listed=False),
        Flag(name="simulator", word=w("模拟器"), listed=False, hint=w("只连本机，练习用")),
    ),
    examples=({"name": "县局短信", "kind": w("短信（通用接口）"), "place": "429981",
               "address": "https://sms.example.gov.cn/send", "sign": "云溪应急"},),
)  # fmt: skip

REGISTERS = (LINES,)
