"""Files of an entry: what a photo tells of its place is gone, the type is what the content says, nobody elsewhere sees it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.foundation import journal
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.home import home
from anlan.registers import attachments, pictures, saving, undoing
from anlan.registers.models import Attachment
from tests.support.city import Mini, make_city
from tests.support.house import ROOT
from tests.support.planted import DEFECTS, GOOD, planted

PLACE = b"31.5391N 113.2321E"


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(body) + 2).to_bytes(2, "big") + body


def exif(turned: int, order: str = "big") -> bytes:
    def n(value: int, size: int) -> bytes:
        return value.to_bytes(size, order)  # type: ignore[arg-type]

    entries = (
        n(0x010F, 2)
        + n(2, 2)
        + n(4, 4)
        + b"Pho\0"
        + n(0x0112, 2)
        + n(3, 2)
        + n(1, 4)
        + n(turned, 2)
        + b"\0\0"
    )
    mark = b"MM\0*" if order == "big" else b"II*\0"
    return b"Exif\0\0" + mark + n(8, 4) + n(2, 2) + entries + n(0, 4) + PLACE


SCAN = segment(0xDA, b"\1\1\0\0\x3f\0") + b"\x12\xff\x00\x34\xff\xd0\x56"
DRAWS = (
    segment(0xDB, b"q" * 65)
    + segment(0xC2, b"f" * 9)
    + segment(0xEE, b"Adobe1")
    + SCAN
    + segment(0xC4, b"h")
    + SCAN
)


def photo(turned: int = 1, order: str = "big") -> bytes:
    told = (
        segment(0xE1, exif(turned, order))
        + segment(0xE1, b"http://ns.adobe.com/xap/" + PLACE)
        + segment(0xFE, PLACE)
    )
    return (
        b"\xff\xd8" + segment(0xE0, b"JFIF\0" + b"\1" * 9) + told + DRAWS + b"\xff\xd9" + b"ftypmp42" + PLACE
    )


@pytest.mark.parametrize("order", ["big", "little"])
def test_a_photo_keeps_what_draws_it_and_which_way_is_up_and_nothing_else(order: str) -> None:
    kind, clean = pictures.clean(photo(6, order))
    assert kind == "image/jpeg"
    assert PLACE not in clean
    assert b"Pho" not in clean
    assert clean.endswith(DRAWS + b"\xff\xd9")
    upright = clean.index(b"Exif")
    assert pictures._orientation(clean[upright + 6 :]) == 6
    assert b"Exif" not in pictures.clean(photo(1, order))[1]
    assert pictures.clean(clean) == (kind, clean), "clean once, clean for good"


def test_a_drawing_and_a_webp_lose_their_texts() -> None:
    drawn = (ROOT / "docs/images/land-of-liulin.png").read_bytes()
    text = (len(PLACE)).to_bytes(4, "big") + b"tEXt" + PLACE + bytes(4)
    assert pictures.clean(drawn[:33] + text + drawn[33:]) == pictures.clean(drawn)
    flags = b"VP8X" + (10).to_bytes(4, "little") + b"\x0c" + bytes(9)
    told = b"EXIF" + len(PLACE).to_bytes(4, "little") + PLACE
    body = b"WEBP" + flags + b"VP8 " + (4).to_bytes(4, "little") + b"draw" + told
    kind, clean = pictures.clean(b"RIFF" + len(body).to_bytes(4, "little") + body)
    assert (kind, PLACE in clean, b"draw" in clean, clean[20]) == ("image/webp", False, True, 0)


@pytest.mark.parametrize(
    "data",
    [b"", b"MZ\x90\0 program", b"<html><script>", b"\0\0\0\x18ftypheic" + bytes(40), photo()[:60], photo()[:-60],
     b"\x89PNG\r\n\x1a\n" + bytes(7), b"GIF89a"],
)  # fmt: skip
def test_what_is_no_picture_or_broken_is_refused_with_the_way_out(data: bytes) -> None:
    with pytest.raises(pictures.NoPicture):
        pictures.clean(data)


@pytest.mark.django_db
class TestOfAnEntry:
    @pytest.fixture(autouse=True)
    def table(self, db: None) -> Iterator[None]:
        with planted():
            yield

    @pytest.fixture
    def mini(self) -> Mini:
        return make_city().exercise()

    def kept(self, digest: str) -> Path:
        return home() / "attachments" / digest[:2] / f"{digest}.sealed"

    def test_a_photo_walks_by_pages_and_is_shown_so_that_it_can_do_nothing(self, mini: Mini) -> None:
        ref = saving.add(mini.ctx("administrator"), DEFECTS, GOOD)
        client, page = mini.client("administrator"), f"/w/{mini.world.key}/registers/defects/{ref}"
        sent = SimpleUploadedFile("evil.html", photo(), "text/html")
        assert client.post(f"{page}/files", {"file": sent}).status_code == 302
        (found,) = Attachment.objects.all()
        assert f"{page}/files/{found.digest}" in client.get(page).content.decode()
        shown = client.get(f"{page}/files/{found.digest}")
        assert shown.content == pictures.clean(photo())[1]
        assert shown.headers["Content-Type"] == "image/jpeg", "what it is, not what it is called"
        assert shown.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in shown.headers["Content-Security-Policy"]
        told = journal.story(mini.ctx(), ref)[-1]
        assert (told["name"], told["body"]["sha256"]) == ("registers.entry.attached", found.digest)
        assert "evil" not in str(told), "a file's name may name a person"
        assert mini.client("foreign").get(f"{page}/files/{found.digest}").status_code in (403, 404)
        assert mini.client("grid_worker").post(f"{page}/files", {"file": sent}).status_code == 403
        assert client.post(f"{page}/files/{found.digest}/remove", {"why": "拍错了"}).status_code == 302
        assert not self.kept(found.digest).exists()
        assert client.get(f"{page}/files/{found.digest}").status_code == 404
        assert client.post(f"{page}/files").status_code == 302, "nothing chosen"

    def test_the_same_photo_lies_once_and_stays_while_anybody_has_it(self, mini: Mini) -> None:
        ctx = mini.ctx("administrator")
        one, other = (saving.add(ctx, DEFECTS, {**GOOD, "name": name}) for name in ("甲处", "乙处"))
        digests = {attachments.add(ctx, DEFECTS, ref, photo(), "a.jpg") for ref in (one, one, other)}
        (digest,) = digests
        assert Attachment.objects.count() == 2
        sealed = self.kept(digest).read_text()
        assert "JFIF" not in sealed
        attachments.remove(ctx, DEFECTS, one, digest, why="拍错了")
        assert attachments.content(attachments.one(ctx, DEFECTS, other, digest))
        with pytest.raises(NotFound):
            attachments.one(ctx, DEFECTS, one, digest)

    def test_an_entry_that_goes_takes_its_files_along(
        self, mini: Mini, django_capture_on_commit_callbacks: object
    ) -> None:
        ctx = mini.ctx("administrator")
        ref = saving.add(ctx, DEFECTS, GOOD)
        digest = attachments.add(ctx, DEFECTS, ref, photo(), "a.jpg")
        with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
            undoing.take_back(ctx, DEFECTS, ref, why="登记错了")
        assert not Attachment.objects.exists()
        assert not self.kept(digest).exists()

    def test_there_are_bounds(self, mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
        ctx = mini.ctx("administrator")
        ref = saving.add(ctx, DEFECTS, GOOD)
        monkeypatch.setattr(attachments, "MOST", 1)
        attachments.add(ctx, DEFECTS, ref, photo(), "a.jpg")
        with pytest.raises(Conflict):
            attachments.add(ctx, DEFECTS, ref, photo(6), "b.jpg")
        monkeypatch.setattr(attachments, "MOST_BYTES", 100)
        with pytest.raises(Invalid):
            attachments.add(ctx, DEFECTS, ref, photo(), "a.jpg")
