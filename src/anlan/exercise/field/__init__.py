"""The field: a process of its own that plays what lies outside anlan in an exercise — gauges and a telephone network.

It outlives the engine, keeps its own books, and is the one that counts calls.
"""
