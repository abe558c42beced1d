"""What can be wrong with SL 651 bytes. Every error says what to do next.

Sl651Error
├── FrameError            the envelope: keep the bytes in quarantine, do not acknowledge
│   ├── BadStart          not a frame at all
│   ├── Truncated         shorter than its length field says
│   ├── BadLength         a length the standard does not allow, or bytes left over
│   ├── BadCrc            damaged on the way
│   ├── BadDirection      neither up nor down, or the wrong way round
│   ├── BadEnd            the byte after the body is no end character
│   ├── BadPacket         packet total and number contradict each other
│   └── BadAddress        a station address that table 13 and 14 forbid
├── BodyError             the envelope is whole, its content is not
│   ├── BadBcd            a digit above 9
│   ├── BadTime           a date or time that does not exist
│   ├── BadBody           elements do not fill the body
│   ├── BadValue          a value that its element cannot carry (when encoding)
│   └── UnknownFunction   a function code that the standard reserves
└── SessionError
    ├── WrongPassword     the station is known, its password is not
    └── NeedsPackets      one packet of several: give it to an Assembler first
"""


class Sl651Error(ValueError):
    """Root of all errors of this codec."""


class FrameError(Sl651Error):
    """The envelope is broken: quarantine the bytes and do not acknowledge them."""


class BadStart(FrameError):
    """The bytes do not begin with 7E7E (HEX) or SOH (ASCII)."""


class Truncated(FrameError):
    """Fewer bytes than the length field promises: wait for the rest, or have the station resend."""


class BadLength(FrameError):
    """The length field is outside 1..4095 or disagrees with the bytes given."""


class BadCrc(FrameError):
    """The checksum differs: the station will resend when it gets no answer."""


class BadDirection(FrameError):
    """The direction nibble is neither 0 (up) nor 8 (down), or this side cannot receive it."""


class BadEnd(FrameError):
    """The end character is none of ETX ETB ENQ EOT ACK NAK ESC."""


class BadPacket(FrameError):
    """Packet total or number is 0, or the number exceeds the total."""


class BadAddress(FrameError):
    """The station address breaks the rules of 6.2.3.2: correct the station's settings."""


class BodyError(Sl651Error):
    """The frame arrived whole but its content breaks the standard: keep it and look at the station."""


class BadBcd(BodyError):
    """A BCD field holds a digit above 9: the sensor or the station program is at fault."""


class BadTime(BodyError):
    """A date or time that does not exist: set the station's clock (function 4A)."""


class BadBody(BodyError):
    """The elements do not fill the body: compare the station's element definitions with table C.1."""


class BadValue(BodyError):
    """The value does not fit its element: give Decimal, int or str within the digits of table C.1."""


class UnknownFunction(BodyError):
    """A function code that the standard reserves: update the codec or correct the station."""


class SessionError(Sl651Error):
    """The frame is good but may not be used as it came."""


class WrongPassword(SessionError):
    """The password is not the one registered for the station: correct one of the two."""


class NeedsPackets(SessionError):
    """One packet of a longer message: collect all packets with an Assembler, then decode."""
