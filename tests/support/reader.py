"""Somebody at a browser without script, over the wire: keeps cookies, fills in the forms that a page holds."""

import re
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode, urljoin
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

from tests.support.htmlforms import Form, forms_of
from tests.support.patience import PATIENCE_S


def _opener() -> OpenerDirector:
    return build_opener(HTTPCookieProcessor(CookieJar()))


@dataclass
class Reader:
    base: str
    where: str = ""
    text: str = ""
    opener: OpenerDirector = field(default_factory=_opener)

    def open(self, path: str) -> str:
        return self._go(Request(urljoin(self.base, path)))

    def fill(self, having: str, **given: Any) -> str:
        """Send the form of this page that has a field or button of that name, or goes to such an address."""
        form = next(f for f in self.forms if having in f.names | f.buttons.keys() or having in f.action)
        kept = {c.name: c.value for c in form.controls if c.kind not in ("checkbox", "radio", "file")}
        told = urlencode({**form.hidden, **kept, **given}, doseq=True).encode()
        where = urljoin(self.where, form.action)
        return self._go(Request(where, told, {"Referer": self.where, "Origin": self.base}))

    @property
    def forms(self) -> list[Form]:
        return forms_of(self.text, self.where)[0]

    def _go(self, request: Request) -> str:
        try:
            answer = self.opener.open(request, timeout=PATIENCE_S)
        except HTTPError as error:
            page = error.read().decode(errors="replace")
            said = re.findall(r"<(?:li|p)[^>]*>(.*?)</(?:li|p)>", page, re.DOTALL)
            raise AssertionError(f"{request.full_url}: {error.code} {said[:20]}") from None
        with answer:
            data = answer.read()
        self.where, self.text = answer.geturl(), data.decode(errors="replace")
        return self.text
