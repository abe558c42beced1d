"""Addresses of call-downs, all below the world they act in, but for the answer page that opens without an account."""

from django.urls import path

from anlan.call.views import calls, cards, desk, doors, orders, phone, sheet

app_name = "call"
W = "w/<str:world>/"

CALLS = [
    path(f"{W}calls", calls.listing, name="calls"),
    path(f"{W}calls/new", calls.by_hand, name="call-by-hand"),
    path(f"{W}calls/<str:ref>", calls.one, name="board"),
    path(f"{W}calls/<str:ref>/hold", calls.hold, name="hold"),
    path(f"{W}calls/<str:ref>/release", calls.release, name="release"),
    path(f"{W}calls/<str:ref>/stand-down", calls.stand_down, name="stand-down"),
    path(f"{W}calls/<str:ref>/desk", desk.record, name="desk-record"),
    path(f"{W}calls/<str:ref>/undo", desk.take_back, name="undo-record"),
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

ORDERS = [
    path(f"{W}orders", orders.listing, name="orders"),
    path(f"{W}orders/new", orders.sign, name="order-sign"),
    path(f"{W}orders/<str:ref>/end", orders.end, name="order-end"),
]

SHEETS = [
    path(f"{W}calls/<str:ref>/sheet", sheet.one, name="sheet"),
    path(f"{W}calls/<str:ref>/sheet/print", sheet.printed, name="sheet-print"),
    path(f"{W}calls/<str:ref>/sheet/keyed", sheet.keyed, name="sheet-keyed"),
    path(f"{W}moving/<str:ref>/cards", cards.cards, name="cards"),
]

PHONE = [
    path("a/<str:world>/<str:ref>/<str:holder>/<str:token>", phone.answer, name="answer"),
    path("a/<str:world>/<str:ref>/<str:holder>/<str:token>/card", phone.card, name="answer-card"),
    path(f"{W}calls/<str:ref>/phone/<str:holder>", phone.handed, name="answer-link"),
]

urlpatterns = [*CALLS, *DOORS, *SHEETS, *PHONE, *ORDERS]
