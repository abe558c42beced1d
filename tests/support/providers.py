"""Small sign-in providers on this machine, over real sockets: OpenID Connect, WeCom, DingTalk, CAS, and one that never answers."""

import base64
import hashlib
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, dict[str, str], bytes]


@dataclass
class Fake:
    """A server that answers paths; `asked` is what it was asked, `says` may be changed by a test."""

    url: str = ""
    asked: list[tuple[str, dict[str, str], dict[str, str]]] = field(default_factory=list)
    says: dict[str, Callable[[dict[str, str], dict[str, str]], Any]] = field(default_factory=dict)

    def answer(self, path: str, given: dict[str, str], headers: dict[str, str]) -> Answer:
        self.asked.append((path, given, headers))
        told = self.says[path](given, headers) if path in self.says else (404, {}, b"")
        if isinstance(told, tuple):
            return told
        if isinstance(told, bytes):
            return 200, {"Content-Type": "text/xml"}, told
        return 200, {"Content-Type": "application/json"}, json.dumps(told).encode()


@contextmanager
def served(fake: Fake) -> Iterator[Fake]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            self._say(parts.path, _first(parts.query))

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            is_json = self.headers["Content-Type"] == "application/json"
            self._say(urlsplit(self.path).path, json.loads(text) if is_json else _first(text))

        def _say(self, path: str, given: dict[str, str]) -> None:
            status, headers, body = fake.answer(path, given, {k.lower(): v for k, v in self.headers.items()})
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    fake.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _first(query: str) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(query).items()}


def token(**said: object) -> str:
    """An ID token whose signature nobody reads: it comes over the wire that was asked."""
    parts = [json.dumps(part).encode() for part in ({"alg": "RS256"}, said)]
    return ".".join([*(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts), "sig"])


def oidc(subject: str) -> Fake:
    fake, left = Fake(), {}

    def authorize(given: dict[str, str], _: Any) -> Answer:
        left.update(given)
        return 302, {"Location": f"{given['redirect_uri']}?code=C-1&state={given['state']}"}, b""

    def exchange(given: dict[str, str], _: Any) -> Any:
        digest = hashlib.sha256(given["code_verifier"].encode()).digest()
        fits = base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == left["code_challenge"]
        if (given["code"], given["client_secret"], fits) != ("C-1", "hush", True):
            return 400, {}, b"{}"
        said = {
            "iss": fake.url,
            "aud": "anlan",
            "exp": time.time() + 60,
            "nonce": left["nonce"],
            "sub": subject,
        }
        return {"access_token": "T-1", "id_token": token(**said)}

    def userinfo(_: Any, headers: dict[str, str]) -> Any:
        return {"sub": subject} if headers["authorization"] == "Bearer T-1" else (401, {}, b"")

    fake.says = {"/authorize": authorize, "/token": exchange, "/userinfo": userinfo}
    return fake


def wecom(subject: str) -> Fake:
    fake = Fake()
    fake.says = {
        "/login": lambda given, _: (
            302,
            {"Location": f"{given['redirect_uri']}?code=C-2&state={given['state']}"},
            b"",
        ),
        "/cgi-bin/gettoken": lambda given, _: {"errcode": 0, "access_token": f"T-{given['corpsecret']}"},
        "/cgi-bin/auth/getuserinfo": lambda given, _: (
            {"errcode": 0, "userid": subject}
            if given == {"access_token": "T-hush", "code": "C-2"}
            else {"errcode": 40029}
        ),
    }
    return fake


def dingtalk(subject: str) -> Fake:
    fake = Fake()
    fake.says = {
        "/login": lambda given, _: (
            302,
            {"Location": f"{given['redirect_uri']}?authCode=C-3&code=C-3&state={given['state']}"},
            b"",
        ),
        "/v1.0/oauth2/userAccessToken": lambda given, _: {"accessToken": "-".join(given.values())},
        "/v1.0/contact/users/me": lambda _, headers: (
            {"unionId": subject, "nick": "某人"}
            if headers["x-acs-dingtalk-access-token"] == "anlan-hush-C-3-authorization_code"
            else (400, {}, b"{}")
        ),
    }
    return fake


ANSWER = """<cas:serviceResponse xmlns:cas="http://www.yale.edu/tp/cas">{}</cas:serviceResponse>"""
SUCCESS = "<cas:authenticationSuccess><cas:user>{}</cas:user></cas:authenticationSuccess>"
FAILURE = '<cas:authenticationFailure code="INVALID_TICKET">no</cas:authenticationFailure>'


def cas(subject: str) -> Fake:
    fake, tickets = Fake(), {}

    def login(given: dict[str, str], _: Any) -> Answer:
        tickets["ST-1"] = given["service"]
        return 302, {"Location": f"{given['service']}&ticket=ST-1"}, b""

    def validate(given: dict[str, str], _: Any) -> bytes:
        fits = tickets.pop(given["ticket"], None) == given["service"]
        return ANSWER.format(SUCCESS.format(subject) if fits else FAILURE).encode()

    fake.says = {"/login": login, "/p3/serviceValidate": validate}
    return fake
