"""Files of an entry: sent with a form, shown within scope, taken away with a reason."""

from typing import Any

from django.http import HttpResponse

from anlan.foundation.errors import AnlanError, Invalid
from anlan.foundation.words import t, w
from anlan.registers import attachments
from anlan.registers.register import Register
from anlan.registers.views.acts import Why, asked
from anlan.registers.views.listing import here
from anlan.ui.acts import done, not_done, posted
from anlan.ui.pages import Request, attached


def add(request: Request, ref: str, register: Register) -> HttpResponse:
    back, files = here(request, register, ref), request.FILES.getlist("file")
    try:
        if not files:
            raise Invalid("还没选文件。")
        for file in files:
            if file.size > attachments.MOST_BYTES:
                raise Invalid(
                    "文件超过 {n} MB。照片请用普通画质，文件请分开传。", n=attachments.MOST_BYTES >> 20
                )
            attachments.add(request.ctx, register, ref, file.read(), file.name or "")
    except AnlanError as error:
        return not_done(request, error, back)
    return done(request, w("已附上 {n} 个文件。"), back, n=len(files))


def show(request: Request, ref: str, digest: str, register: Register) -> HttpResponse:
    """What a browser gets can neither run nor reach anything; a paper is saved, a picture shown."""
    found = attachments.one(request.ctx, register, ref, digest)
    reply = HttpResponse(attachments.content(found), content_type=found.kind)
    reply.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    reply.headers["X-Content-Type-Options"] = "nosniff"
    reply.headers["Cache-Control"] = "private, no-store"
    return reply if found.is_picture else attached(reply, found.name)


def remove(request: Request, ref: str, digest: str, register: Register) -> HttpResponse:
    found, back = attachments.one(request.ctx, register, ref, digest), here(request, register, ref)

    def do(given: dict[str, Any]) -> HttpResponse:
        attachments.remove(request.ctx, register, ref, digest, why=given["why"])
        return done(request, w("附件已去掉。"), back)

    question = t(request.lang, w("去掉附件 {name}？"), name=found.name)
    effect = w("文件本身删掉，拿不回来；谁、什么时候、为什么，留在日志里。")
    return asked(request, Why(posted(request)), do, question=question, effect=effect, do=w("去掉"), back=back)
