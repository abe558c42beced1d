"""Addresses of public alerts, and of the certificates of the whole installation."""

from django.urls import path

from anlan.warn.views import certificates
from anlan.warn.views.alerts import composer, importing, maps, one, telephone

app_name = "warn"
A = "w/<str:world>/alerts"
ALERTS = [
    path(A, one.listing, name="alerts"),
    path(f"{A}/new", composer.new, name="new-alert"),
    path(f"{A}/import", importing.take_in, name="import-alert"),
    path(f"{A}/targets", composer.reach, name="targets"),
    path(f"{A}/no-area", maps.no_area, name="no-area"),
    path(f"{A}/<str:ref>", one.one, name="alert"),
    path(f"{A}/<str:ref>/area", maps.area, name="alert-area"),
    path(f"{A}/<str:ref>/edit", composer.edit, name="edit-alert"),
    path(f"{A}/<str:ref>/next/<str:message>", composer.follow_up, name="follow-up"),
    path(f"{A}/<str:ref>/submit", one.submit, name="submit-alert"),
    path(f"{A}/<str:ref>/review", one.review, name="review-alert"),
    path(f"{A}/<str:ref>/withdraw", one.withdraw, name="withdraw-alert"),
    path(f"{A}/<str:ref>/reject", one.reject, name="reject-alert"),
    path(f"{A}/<str:ref>/approve", one.approve, name="approve-alert"),
    path(f"{A}/<str:ref>/telephone", telephone.approval, name="telephone-approval"),
    path(f"{A}/<str:ref>/cosign", one.cosign, name="cosign-alert"),
    path(f"{A}/<str:ref>/cosign/<str:unit>/telephone", telephone.agreement, name="telephone-cosign"),
    path(f"{A}/<str:ref>/confirm", one.confirm, name="confirm-alert"),
    path(f"{A}/<str:ref>/countersign", one.countersign, name="countersign-alert"),
    path(f"{A}/<str:ref>/confirm-source", one.confirm_source, name="confirm-source"),
    path(f"{A}/<str:ref>/issue", one.issue, name="issue-alert"),
    path(f"{A}/<str:ref>/check", composer.checked, name="check-alert"),
    path(f"{A}/<str:ref>/print", one.printed, name="print-alert"),
    path(f"{A}/<str:ref>/cap", one.download, name="alert-cap"),
    path(f"{A}/<str:ref>/12379", one.national, name="alert-national"),
    path(f"{A}/<str:ref>/certificate", one.certificate, name="alert-certificate"),
]

CERTIFICATES = [  # of the whole installation, like accounts
    path("certificates", certificates.listing, name="certificates"),
    path("certificates/pin", certificates.pin, name="pin-certificate"),
    path("certificates/<str:ref>/unpin", certificates.unpin, name="unpin-certificate"),
]

urlpatterns = [*ALERTS, *CERTIFICATES]
