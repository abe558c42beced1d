"""Addresses of pages that join rooms."""

from django.urls import path

from anlan.desk.views import exercises, journal, letters, search

app_name = "desk"
urlpatterns = [
    path("w/<slug:world>/journal", journal.listing, name="journal"),
    path("w/<slug:world>/journal/verify", journal.verify, name="verify"),
    path("w/<slug:world>/journal/<int:seq>", journal.one, name="entry"),
    path("w/<slug:world>/exercises", exercises.listing, name="exercises"),
    path("w/<slug:world>/exercises/new", exercises.create, name="new-exercise"),
    path("w/<slug:world>/exercises/<slug:key>/end", exercises.end, name="end-exercise"),
    path("w/<slug:world>/exercises/<slug:key>/speed", exercises.speed, name="speed"),
    path("w/<slug:world>/exercises/<slug:key>/<slug:what>", exercises.change, name="change-exercise"),
    path("w/<slug:world>/dead-letters", letters.listing, name="letters"),
    path("w/<slug:world>/dead-letters/again", letters.again, name="feed-again"),
    path("w/<slug:world>/search", search.search, name="search"),
]
