"""Addresses of pages that join rooms."""

from django.urls import path

from anlan.desk.views import (
    away,
    brief,
    duty,
    exercises,
    find,
    journal,
    letters,
    map,
    onset,
    packs,
    review,
    wall,
)

app_name = "desk"
urlpatterns = [
    path("w/<slug:world>/desk", duty.desk, name="desk"),
    path("w/<slug:world>/desk/act", duty.press, name="desk-act"),
    path("w/<slug:world>/desk/answer", duty.answer, name="desk-answer"),
    path("w/<slug:world>/desk/pace", duty.pace, name="desk-pace"),
    path("w/<slug:world>/brief", brief.brief, name="brief"),
    path("w/<slug:world>/away", away.away, name="away"),
    path("w/<slug:world>/wall", wall.wall, name="wall"),
    path("w/<slug:world>/map", map.city, name="map"),
    path("w/<slug:world>/map/base", map.base, name="map-base"),
    path("w/<slug:world>/map/paper", map.paper, name="map-paper"),
    path("w/<slug:world>/map/state", map.state, name="map-state"),
    path("w/<slug:world>/map/place/<str:path>", map.place, name="map-place"),
    path("w/<slug:world>/journal", journal.listing, name="journal"),
    path("w/<slug:world>/journal/verify", journal.verify, name="verify"),
    path("w/<slug:world>/journal/<int:seq>", journal.one, name="entry"),
    path("w/<slug:world>/find", find.find, name="find"),
    path("w/<slug:world>/exercises", exercises.listing, name="exercises"),
    path("w/<slug:world>/exercises/new", exercises.create, name="new-exercise"),
    path("w/<slug:world>/exercises/<slug:key>/end", exercises.end, name="end-exercise"),
    path("w/<slug:world>/exercises/<slug:key>/speed", exercises.speed, name="speed"),
    path("w/<slug:world>/exercises/<slug:key>/<slug:what>", exercises.change, name="change-exercise"),
    path("w/<str:world>/packs", packs.listing, name="packs"),
    path("w/<str:world>/packs/<str:id>", packs.one, name="pack"),
    path("w/<slug:world>/review", review.review, name="review"),
    path("w/<slug:world>/dead-letters", letters.listing, name="letters"),
    path("w/<slug:world>/dead-letters/again", letters.again, name="feed-again"),
    path("w/<slug:world>/onset", onset.onset, name="onset"),
]
