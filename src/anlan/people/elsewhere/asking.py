"""A question to a provider: five seconds in all, 64 KiB at most, never where its answer points to."""

import json
import time
from collections.abc import Mapping
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import HTTPRedirectHandler, Request, build_opener

from anlan.people.elsewhere.setup import is_safe

SECONDS = 5.0
MOST_BYTES = 64 * 1024
BLOCK = 8192


class NoAnswer(Exception):
    """It said nothing of use in time; `is_no` when it plainly refused."""

    def __init__(self, why: str, *, is_no: bool = False) -> None:
        super().__init__(why)
        self.is_no = is_no


class _Stays(HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        """Never followed: the answer is an error then."""


_opener = build_opener(_Stays)


def ask(
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    body: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """The answer's bytes. Raises: NoAnswer."""
    if not is_safe(url):
        raise NoAnswer(f"{url} is not https")
    sent, kind = None, {}
    if form is not None:
        sent, kind = urlencode(form).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
    elif body is not None:
        sent, kind = json.dumps(body).encode(), {"Content-Type": "application/json"}
    request = Request(
        url, data=sent, headers={"Accept": "application/json, text/xml", **kind, **(headers or {})}
    )
    until = time.monotonic() + SECONDS
    told = b""
    try:
        with _opener.open(request, timeout=SECONDS) as reply:
            while block := reply.read1(BLOCK):
                told += block
                if len(told) > MOST_BYTES or time.monotonic() > until:
                    raise NoAnswer("it says too much or too slowly")
    except HTTPError as error:
        raise NoAnswer(f"{error.code}", is_no=400 <= error.code < 500) from error
    except (OSError, ValueError) as error:
        raise NoAnswer(f"{error}") from error
    return told
