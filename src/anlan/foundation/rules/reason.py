"""理由: why somebody does what stays in the journal. Two signs of Chinese say it: 水退, 误报."""

LEAST_REASON = 2
"""For every field, body and action that asks for one."""


def is_reason(text: str) -> bool:
    return len(text.strip()) >= LEAST_REASON
