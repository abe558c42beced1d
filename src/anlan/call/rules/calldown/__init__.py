"""三个叫应: county leaders, township heads, departments and villages are called at once, each on a ladder.

Use: `open_lines` makes the value, `advance` takes every step due at a time, the `on_…` functions tell it what
happened. Everything is a value and nothing here knows a clock, so a night replays the same each time.

shapes    the values            settings  what the pack says
opening   from pack and people  ladder    what to do next
quiet     who may be dialled    reduce    what becomes of it when something happens
board     what is shown
"""
