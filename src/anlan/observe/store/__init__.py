"""The reading store: one SQLite file a world, written by the engine alone, read by anybody. No Django in here.

`Writer.write` is durable when it returns; `Reader` answers for now or for what was known by a moment. Errors stand
in `errors`.
"""
