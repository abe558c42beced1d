"""One request to a provider: small, bounded in time and size, never redirected, its certificate checked."""

import urllib.error
import urllib.request
from collections.abc import Mapping

SECONDS = 8.0
MOST = 1_000_000


class _Stays(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


_opener = urllib.request.build_opener(urllib.request.ProxyHandler({}), _Stays)


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> tuple[int, bytes]:
    """Status and body. Raises OSError (time-outs too) when there is no answer, ValueError for what is no web address."""
    if not url.startswith(("http://", "https://")):
        raise ValueError("a line's address begins with http:// or https://")
    request = urllib.request.Request(url, data=body, headers=dict(headers), method="POST")
    try:
        with _opener.open(request, timeout=seconds) as answer:
            return answer.status, answer.read(MOST)
    except urllib.error.HTTPError as error:
        return error.code, error.read(MOST)
