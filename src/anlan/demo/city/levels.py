"""Levels around Liulin that fit its made-up land (`demo.liulin.land`). Synthetic; a test holds both together."""

USUAL_M = {
    "421321117001": 200.0,
    "421321117204": 213.5,
    "421321117207": 177.6,
    "421321118213": 164.2,
}
"""Usual stage at the gauge of a village: in the channel, below its bank."""

NORMAL_M = {
    "W-421321118226": 175.36,
    "W-421321117201": 250.0,
    "W-421321117208": 262.0,
    "W-421321116209": 254.0,
    "W-421321116217": 221.0,
    "W-421303102201": 225.0,
    "P-421321117205": 203.5,
    "P-421321117206": 258.5,
    "P-421321117207": 184.5,
    "P-421303102201": 223.5,
}
"""正常蓄水位 of a reservoir or pond: above the valley floor at its place."""
