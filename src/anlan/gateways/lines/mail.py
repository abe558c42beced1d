"""E-mail 邮件: one digest to the addresses of a line, by the standard library."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import urlsplit

from anlan.foundation.words import w
from anlan.reach.kinds import Kind, Outgoing, Placed, Receipt, Settings
from anlan.reach.rules.states import MessageState

SECONDS = 10.0


@dataclass(frozen=True)
class Mail:
    """`smtps://host:465`, `smtp://host:587` (STARTTLS where the server offers it); account and secret sign in."""

    settings: Settings

    def place(self, batch: Sequence[Outgoing]) -> list[Placed]:
        try:
            server = self._connect()
        except (OSError, smtplib.SMTPException) as error:
            return [Placed(each.key, MessageState.FAILED_NOW, why=type(error).__name__) for each in batch]
        with server:
            return [self._one(server, each) for each in batch]

    def _connect(self) -> smtplib.SMTP:
        parts = urlsplit(self.settings.address)
        host, trusted = parts.hostname or "", ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SECONDS, context=trusted)
        else:
            server = smtplib.SMTP(host, parts.port or 25, timeout=SECONDS)
            server.ehlo()
            if server.has_extn("starttls"):
                server.starttls(context=trusted)
        if self.settings.secret:
            server.login(self.settings.account, self.settings.secret)
        return server

    def _one(self, server: smtplib.SMTP, each: Outgoing) -> Placed:
        letter = EmailMessage()
        first = " ".join(each.text.split())  # a subject in one line: no header can be smuggled in
        letter["Subject"] = first[:60]
        letter["From"] = Address(addr_spec=self.settings.sign or self.settings.account)
        letter["To"] = [Address(addr_spec=to) for to in self.settings.receivers]
        letter["Message-ID"] = f"<{each.key}@anlan.invalid>"
        letter.set_content(each.text)
        try:
            refused = server.send_message(letter)
        except smtplib.SMTPResponseException as error:
            state = MessageState.FAILED_NOW if 400 <= error.smtp_code < 500 else MessageState.FAILED
            return Placed(each.key, state, why=f"smtp_{error.smtp_code}")
        except smtplib.SMTPRecipientsRefused:
            return Placed(each.key, MessageState.FAILED, why="receivers")
        except (OSError, smtplib.SMTPException) as error:  # it may have been taken before the line broke
            return Placed(each.key, MessageState.UNKNOWN, why=type(error).__name__)
        return Placed(each.key, MessageState.TAKEN, why="some_refused" if refused else "")

    def reports(self, after: str) -> tuple[list[Receipt], str]:
        return [], after


KINDS = (
    Kind(
        name="mail", word=w("电子邮件"), make=Mail, needs=("address", "receivers"), to_group=True, batch=20, longest=20_000,
        advice=w("地址写 smtps://主机:465 或 smtp://主机:587；“签名”填发件人地址，“收件人”用逗号分开"),
    ),
)  # fmt: skip
