"""Everything that can be wrong with a CAP file, as named errors.

CapError                     every error here; knows its code, its words in two languages and its line
├── HostileXml               refused before it is parsed
│   ├── TooLarge             more bytes than the limit
│   ├── DoctypeForbidden     a DTD: entity bombs and external entities live there
│   ├── TooDeep              elements nested deeper than any alert
│   ├── TagTooLong           a tag with huge or very many attributes
│   ├── TooMuchMarkup        more tags than any alert
│   ├── BadEncoding          bytes that are not what they say they are
│   └── ControlCharacter     a null byte or another control character
├── MalformedXml             not well-formed
├── NotCap                   XML, but not a CAP 1.2 alert (or not the national form)
├── InvalidCap               an alert that breaks the schema or holds a value nobody can read; has `findings`
├── NotWritable              a value that no file can carry; has `findings`
├── BadTime                  a time without offset or finer than a second
├── BadIdentifier            an identifier that is not <14-digit unit>_<14-digit time>[_N]
└── SignatureError
    ├── Unsigned             no signature at all
    ├── AlreadySigned        asked to sign what is signed
    ├── WeakSignature        SHA-1 and other old or unknown methods
    ├── WrappedSignature     the signature does not cover exactly the whole alert
    ├── WrongCertificate     signed, but not by the pinned certificate
    ├── CertificateNotValid  the pinned certificate was not valid at that time
    ├── KeyMismatch          the private key does not belong to the certificate, or is of a kind we do not use
    └── Tampered             the content or the signature was changed after signing
"""

from typing import TYPE_CHECKING

from .words import WORDS, fill

if TYPE_CHECKING:
    from .report import Finding


class CapError(ValueError):
    """Base of all CAP errors. `line` and `column` count from 1 and are None when unknown."""

    code = "CAP-ERROR"

    def __init__(self, *, line: int | None = None, column: int | None = None, **facts: object) -> None:
        self.line = line
        self.column = column
        self.facts = facts
        super().__init__(self.text("en"))

    def text(self, lang: str) -> str:
        """What is wrong and the mend, in `zh` or `en`."""
        words = WORDS[self.code]
        if lang == "zh":
            return f"{fill(words.zh, self.facts)}。{fill(words.mend_zh, self.facts)}。"
        return f"{fill(words.en, self.facts)}. {fill(words.mend_en, self.facts)}."


class HostileXml(CapError):
    """Refused before it is parsed."""


class TooLarge(HostileXml):
    code = "XML-TOO-LARGE"


class DoctypeForbidden(HostileXml):
    code = "XML-DOCTYPE"


class TooDeep(HostileXml):
    code = "XML-TOO-DEEP"


class TagTooLong(HostileXml):
    code = "XML-TAG-TOO-LONG"


class TooMuchMarkup(HostileXml):
    code = "XML-TOO-MUCH-MARKUP"


class BadEncoding(HostileXml):
    code = "XML-ENCODING"


class ControlCharacter(HostileXml):
    code = "XML-CONTROL-CHARACTER"


class MalformedXml(CapError):
    code = "XML-MALFORMED"


class NotCap(CapError):
    code = "CAP-NOT-CAP"


class _WithFindings(CapError):
    """An error that carries the findings behind it; the first one gives its line and words."""

    def __init__(self, findings: "tuple[Finding, ...]") -> None:
        self.findings = findings
        first = findings[0]
        super().__init__(
            line=first.line,
            column=first.column,
            zh=first.zh,
            en=first.en,
            mend_zh=first.mend_zh,
            mend_en=first.mend_en,
        )


class InvalidCap(_WithFindings):
    code = "CAP-INVALID"


class NotWritable(_WithFindings):
    code = "CAP-NOT-WRITABLE"


class BadTime(CapError):
    code = "CAP-TIME"


class BadIdentifier(CapError):
    code = "CN-IDENTIFIER"


class SignatureError(CapError):
    """The signature does not hold."""


class Unsigned(SignatureError):
    code = "SIG-UNSIGNED"


class AlreadySigned(SignatureError):
    code = "SIG-ALREADY-SIGNED"


class WeakSignature(SignatureError):
    code = "SIG-WEAK"


class WrappedSignature(SignatureError):
    code = "SIG-WRAPPED"


class WrongCertificate(SignatureError):
    code = "SIG-WRONG-CERTIFICATE"


class CertificateNotValid(SignatureError):
    code = "SIG-CERTIFICATE-NOT-VALID"


class KeyMismatch(SignatureError):
    code = "SIG-KEY-MISMATCH"


class Tampered(SignatureError):
    code = "SIG-TAMPERED"
