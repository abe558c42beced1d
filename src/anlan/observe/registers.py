"""Registers of observing 名册: stations, with their marks and the villages that they decide for."""

from collections.abc import Iterator
from dataclasses import dataclass

from anlan.foundation.words import Sentence, say, w
from anlan.observe.models import Station
from anlan.places.columns import InPlace, InPlaces, at_its_place
from anlan.registers.columns import Bad, Choice, Code, Decimal, Flag, Look, Text, Whole
from anlan.registers.register import Change, Register
from anlan.registers.sealed import Masked, Sealed

HIDDEN = "****"
CM = {"least": -100_000, "most": 1_000_000, "listed": False}


@dataclass(frozen=True, kw_only=True)
class Password(Sealed):
    """密码: four hexadecimal digits of the station's frames; no page, file or journal shows it."""

    def read(self, text: str, look: Look) -> str:
        if text == HIDDEN:
            return Masked(text)
        try:
            if len(text) != 4:
                raise ValueError
            return f"{int(text, 16):04X}"
        except ValueError:
            raise Bad(say("密码是 4 位十六进制数，例如 1234")) from None

    def masked(self, value: str) -> str:
        return HIDDEN if value else ""


def _fits(change: Change, look: Look) -> Iterator[tuple[str, Sentence]]:
    """Marks rise: warning, guarantee, highest; and only a stage has them."""
    marks = [change.values[name] for name in ("warning_cm", "guarantee_cm", "highest_cm")]
    told = [mark for mark in marks if mark is not None]
    if told and change.values["kind"] != "stage":
        yield "warning_cm", say("只有水位站才有特征水位")
    elif told != sorted(told):
        yield "guarantee_cm", say("特征水位应当警戒 ≤ 保证 ≤ 历史最高")


STATIONS = Register(
    name="stations", word=w("测站"), room="observe", model=Station, view="observe.view", keep="observe.keep", ref="address",
    note=w("自己报数的雨量站、水位站；存了一分钟里就收它的数"),
    keys=(("address",),), order=("address",), join=("place",), finds=False,
    blank=lambda ctx: {"synthetic": False}, complete=at_its_place, fits=_fits,
    columns=(
        Code(name="address", word=w("站址"), required=True, fixed=True, find=True, width=10, pattern=r"\d{10}", like="0042998101",
             hint=w("SL 651 遥测站地址，10 位数字")),
        Text(name="name", word=w("站名"), required=True, find=True, most=60),
        Choice(name="kind", word=w("站类"), words={"rain": w("雨量站"), "stage": w("水位站")}, required=True, filter=True),
        InPlace(required=True, filter=True),
        Password(name="password", word=w("密码"), required=True, listed=False, bound=lambda row: row.address, hint=w("4 位十六进制数")),
        InPlaces(name="serves", word=w("替哪些村作判据"), tiers=(4,), listed=False),
        Decimal(name="lon", word=w("经度"), least=-180, most=180, listed=False),
        Decimal(name="lat", word=w("纬度"), least=-90, most=90, listed=False),
        Text(name="stream", word=w("河流"), most=60, listed=False),
        Whole(name="warning_cm", word=w("警戒水位（厘米）"), **CM),
        Whole(name="guarantee_cm", word=w("保证水位（厘米）"), **CM),
        Whole(name="highest_cm", word=w("历史最高水位（厘米）"), **CM),
        Code(name="object_ref", word=w("所测水库编号"), most=40, listed=False),
        Flag(name="is_town_gauge", word=w("乡镇代表站"), listed=False),
    ),
    examples=({"address": "0042998101", "name": "云溪站", "kind": w("雨量站"), "place": "429981001001", "password": "1234"},),
)  # fmt: skip

REGISTERS = (STATIONS,)
