"""Rain that moves slopes: thresholds of amount, of intensity and duration, a logistic of one county; weather risk.

Each relation knows the divisions and durations that it was made from and refuses others, unless a person enables it by
hand; then the result says so.
"""
