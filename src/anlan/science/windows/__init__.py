"""Rain over 30 minutes, 1, 3, 6, 12 and 24 hours for every gauge, kept current reading by reading.

Amounts are int32 tenths of a millimetre, so sums are exact. Times are int64 milliseconds UTC. A reading stamped
12:05 is the rain of the time before it, so a slot is ``(12:00, 12:05]`` and readings of 12:01 … 12:05 add up in it.
"""
