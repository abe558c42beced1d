"""Addresses of sign-in and accounts, which belong to no world, and of the roster."""

from django.urls import path

from anlan.people.views import admin, elsewhere, own, roster, sign_in

app_name = "people"
urlpatterns = [
    path("w/<slug:world>/roster", roster.month, name="roster"),
    path("w/<slug:world>/roster.xlsx", roster.month_xlsx, name="roster-xlsx"),
    path("sign-in", sign_in.sign_in, name="sign-in"),
    path("sign-in/link/<str:token>", sign_in.sign_in_by_link, name="link"),
    path("sign-in/with/<slug:provider>", elsewhere.leave, name="sign-in-with"),
    path("sign-in/with/<slug:provider>/back", elsewhere.back, name="sign-in-back"),
    path("sign-in/with/<slug:provider>/code", elsewhere.code, name="sign-in-code"),
    path("sign-out", sign_in.sign_out, name="sign-out"),
    path("account", own.own, name="own"),
    path("account/password", own.password, name="password"),
    path("account/totp", own.totp, name="totp"),
    path("account/language", own.language, name="language"),
    path("account/tokens", own.new_token, name="new-token"),
    path("account/tokens/<int:number>/revoke", own.revoke_token, name="revoke-token"),
    path("accounts/<str:username>", admin.one, name="account"),
    path("accounts/<str:username>/reset", admin.reset, name="reset"),
    path("accounts/<str:username>/deactivate", admin.deactivate, name="deactivate"),
    path("accounts/<str:username>/activate", admin.activate, name="activate"),
    path("accounts/<str:username>/confirm", admin.confirm, name="confirm"),
    path("accounts/<str:username>/decline", admin.decline, name="decline"),
    path("accounts/<str:username>/move", admin.move, name="move"),
]
