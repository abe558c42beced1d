"""Public alerts 预警: taken in, proposed, written, approved, issued, followed up and ended.

Every change is decided by `rules.alert.decide`; an act here reads the row under a lock, decides, writes, journals. The
journal tells levels, places by code and refs of accounts; never a name, a number or what somebody said.
"""
