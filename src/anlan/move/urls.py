"""Addresses of moving people."""

from django.urls import path

from anlan.move.views import moving

app_name = "move"
W = "w/<str:world>/"

MOVING = [
    path(f"{W}moving", moving.board, name="moving"),
    path(f"{W}moving/order", moving.order, name="order-move"),
    path(f"{W}moving/<str:ref>", moving.one, name="moving-one"),
    path(f"{W}moving/<str:ref>/stage/<str:code>", moving.stage, name="order-stage"),
    path(f"{W}moving/<str:ref>/mark", moving.mark, name="mark-household"),
    path(f"{W}moving/<str:ref>/count", moving.count, name="count-in"),
    path(f"{W}moving/<str:ref>/undo", moving.take_back, name="undo-move"),
    path(f"{W}moving/<str:ref>/list", moving.printed, name="move-list"),
]

urlpatterns = MOVING
