"""What the journal says of a finding, in a sentence."""

from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import w
from anlan.judge.events import EXCEEDANCE_OPENED
from anlan.ui.speech import Entry, Saying, Told, Words

SOIL_WORDS = {"dry": w("较干"), "normal": w("一般"), "wet": w("较湿")}


def _ground(say: Words, body: Entry) -> str:
    """By which soil a village was judged, and who says so."""
    said = {
        "unknown": w("，土壤含水未知，按较湿"),
        "assumed": w("，土壤含水按想定假设为{c}（待核实）"),
        "rain": w("，土壤含水按前期降雨推算为{c}"),
        "set": w("，土壤含水人工设定为{c}"),
    }
    word = said.get(str(body.get("soil_from")))
    return say(word, c=say(SOIL_WORDS[body["soil"]])) if word and body.get("soil") else ""


def _found(say: Words, entry: Entry) -> Told:
    body = entry["body"]
    return Told(_crossed(say, body), "key", Grade(body["level"]).code)


def _crossed(say: Words, body: Entry) -> str:
    span = _span(body.get("window_min") or 0)
    if body.get("quantity") == "rain":
        values = {"value": f"{body['value'] / 10:.1f}", "threshold": f"{body['threshold'] / 10:g}"}
        text = (
            w("{hours} 小时 {value} mm ≥ {threshold}")
            if "hours" in span
            else w("{minutes} 分钟 {value} mm ≥ {threshold}")
        )
        stage = body["stage"] and say(w("，立即转移") if body["stage"] == "immediate" else w("，准备转移"))
        return say(text, **values, **span) + stage + _ground(say, body)
    if body.get("quantity") == "stage":
        metres = {"value": f"{body['value'] / 1000:.2f}", "threshold": f"{body['threshold'] / 1000:.2f}"}
        if body.get("window_min"):
            return say(
                w("水位 {minutes} 分钟涨 {value} m ≥ {threshold} m"), minutes=body["window_min"], **metres
            )
        return say(w("水位 {value} m ≥ {threshold} m"), **metres)
    if "distance_m" in body:
        return say(w("邻近 {km} km 已到红色，准备转移"), km=f"{body['distance_m'] / 1000:.0f}")
    return say(w("规则超警"))


def _span(minutes: int) -> dict[str, int]:
    return {"minutes": minutes} if minutes % 60 else {"hours": minutes // 60}


SAYINGS = {EXCEEDANCE_OPENED: Saying(_found)}
