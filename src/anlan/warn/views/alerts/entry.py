"""The way in to an alert's forms: one that could not be sent is not opened."""

from django.http import HttpResponse

from anlan.foundation.errors import Conflict
from anlan.ui.acts import address, not_done
from anlan.ui.pages import Request
from anlan.warn.queries import alerts as queries


def led_back(request: Request, ref: str, act: str, sentence: str) -> HttpResponse | None:
    """Where the act is not this reader's now: back to the alert with the reason, or to where its chain goes on."""
    if request.method != "GET":
        return None  # the act itself says best why not
    found = queries.detail(request.ctx, ref)
    if act in found.may:
        return None
    last = next((each.ref for each in found.chain if each.state != "expired"), ref)
    error = Conflict(sentence)
    if act == "follow_up" and last != ref:
        error = Conflict("{ref} 已经接到 {last}，请在这一份上接着办。", ref=ref, last=last)
    return not_done(request, error, address(request, "alerts", last if act == "follow_up" else ref))
