"""Addresses of this room, all below the world they act in, but for the answer page that opens without an account and the
certificates of the installation."""

from django.urls import path

from anlan.warn.urls_alerts import ALERTS, PACKS
from anlan.warn.views import calls, certificates, desk, doors, moving, phone, proof, sheet

app_name = "warn"
W = "w/<str:world>/"

CALLS = [
    path(f"{W}calls", calls.listing, name="calls"),
    path(f"{W}calls/new", calls.by_hand, name="call-by-hand"),
    path(f"{W}calls/<str:ref>", calls.one, name="board"),
    path(f"{W}calls/<str:ref>/hold", calls.hold, name="hold"),
    path(f"{W}calls/<str:ref>/release", calls.release, name="release"),
    path(f"{W}calls/<str:ref>/stand-down", calls.stand_down, name="stand-down"),
    path(f"{W}calls/<str:ref>/desk", desk.record, name="desk-record"),
    path(f"{W}calls/<str:ref>/number", desk.show_number, name="show-number"),
    path(f"{W}calls/<str:ref>/group", desk.group, name="group-text"),
    path(f"{W}calls/<str:ref>/people", desk.people_of_line, name="people-of-line"),
]

DOORS = [
    path(f"{W}calls/<str:ref>/door", doors.one, name="door"),
    path(f"{W}calls/<str:ref>/door/send", doors.send, name="door-send"),
    path(f"{W}calls/<str:ref>/door/report", doors.report, name="door-report"),
    path(f"{W}contact/<str:ref>", doors.lost, name="contact-lost"),
]
MOVING = [
    path(f"{W}moving", moving.board, name="moving"),
    path(f"{W}moving/order", moving.order, name="order-move"),
    path(f"{W}moving/<str:ref>", moving.one, name="moving-one"),
    path(f"{W}moving/<str:ref>/stage/<str:code>", moving.stage, name="order-stage"),
    path(f"{W}moving/<str:ref>/mark", moving.mark, name="mark-household"),
    path(f"{W}moving/<str:ref>/count", moving.count, name="count-in"),
    path(f"{W}moving/<str:ref>/list", moving.printed, name="move-list"),
    path(f"{W}moving/<str:ref>/cards", moving.cards, name="cards"),
]
SHEETS = [
    path(f"{W}calls/<str:ref>/sheet", sheet.one, name="sheet"),
    path(f"{W}calls/<str:ref>/sheet/print", sheet.printed, name="sheet-print"),
    path(f"{W}calls/<str:ref>/sheet/keyed", sheet.keyed, name="sheet-keyed"),
]
PROOF = [
    path(f"{W}proof", proof.index, name="proof"),
    path(f"{W}proof/holders/<str:ref>", proof.duty, name="duty-proof"),
    path(f"{W}proof/holders/<str:ref>/pdf", proof.duty_pdf, name="duty-proof-pdf"),
    path(f"{W}proof/holders/<str:ref>/seal", proof.seal, name="duty-proof-seal"),
    path(f"{W}proof/<str:code>", proof.one, name="place-proof"),
    path(f"{W}proof/<str:code>/pdf", proof.as_pdf, name="place-proof-pdf"),
    path(f"{W}proof/<str:code>/csv", proof.as_csv, name="place-proof-csv"),
]
PHONE = [
    path("a/<str:world>/<str:ref>/<str:holder>/<str:token>", phone.answer, name="answer"),
    path("a/<str:world>/<str:ref>/<str:holder>/<str:token>/card", phone.card, name="answer-card"),
    path(f"{W}calls/<str:ref>/phone/<str:holder>", phone.handed, name="answer-link"),
]

CERTIFICATES = [  # of the whole installation, like accounts
    path("certificates", certificates.listing, name="certificates"),
    path("certificates/pin", certificates.pin, name="pin-certificate"),
    path("certificates/<str:ref>/unpin", certificates.unpin, name="unpin-certificate"),
]

urlpatterns = [*CALLS, *DOORS, *MOVING, *SHEETS, *PROOF, *PHONE, *ALERTS, *PACKS, *CERTIFICATES]
