"""A calibration in lines for a person: the best, how far it is from the start, and what must be doubted."""

from collections.abc import Mapping
from typing import Any

_WORDS = {
    "zh": {
        "refused": "拒绝：每一次试算都不可用",
        "best": "最优",
        "start": "起点",
        "tries": "次试算",
        "gauge": "站",
        "bias": "偏差 m",
        "peak": "洪峰误差 m",
        "late": "洪峰迟 分钟",
        "bound": "到了界限，放宽界限或怀疑模型",
        "alike": "与最优分不出高下的范围",
        "once": "只合这一场洪水：换一场再验",
    },
    "en": {
        "refused": "REFUSED: no try can be used",
        "best": "best",
        "start": "start",
        "tries": "tries",
        "gauge": "gauge",
        "bias": "bias m",
        "peak": "peak error m",
        "late": "peak late min",
        "bound": "at its bound: widen the bound, or doubt the model",
        "alike": "range that scores as well as the best",
        "once": "fits this flood only: check it on another",
    },
}


def values(row: Mapping[str, Any]) -> str:
    """A try in one line."""
    score = "–" if row["score"] is None else f"{row['score']:.4f}"
    return f"{score}  " + "  ".join(f"{name} {value:g}" for name, value in row["values"].items())


def lines(found: Mapping[str, Any], lang: str) -> list[str]:
    """A screenful."""
    words = _WORDS[lang]
    if found["refused"]:
        return [words["refused"], *sorted({row["reason"] for row in found["tries"]})]
    told = [
        f"{found['objective']} · {len(found['tries'])} {words['tries']}",
        f"{words['start']}: {values(found['start'])}",
        f"{words['best']}: {values(found['best'])}",
        found["options"],
        "  ".join(words[key] for key in ("gauge", "bias", "peak", "late")),
    ]
    told += [
        f"{fit['name']}  {fit['bias_m']:+.2f}  {fit['peak_error_m']:+.2f}  {fit['peak_late_min']:+.0f}"
        for fit in found["best"]["gauges"]
    ]
    for name, (low, high) in (found["alike"] or {}).items():
        told.append(f"{name}: {words['alike']} {low:.4g} – {high:.4g}")
    told += [f"{name}: {words['bound']}" for name in found["at_bound"]]
    return [*told, words["once"]]
