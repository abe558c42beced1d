"""Addresses of proofs."""

from django.urls import path

from anlan.prove.views import proof

app_name = "prove"
W = "w/<str:world>/"

PROOF = [
    path(f"{W}proof", proof.index, name="proof"),
    path(f"{W}proof/holders/<str:ref>", proof.duty, name="duty-proof"),
    path(f"{W}proof/holders/<str:ref>/pdf", proof.duty_pdf, name="duty-proof-pdf"),
    path(f"{W}proof/holders/<str:ref>/seal", proof.seal, name="duty-proof-seal"),
    path(f"{W}proof/<str:code>", proof.one, name="place-proof"),
    path(f"{W}proof/<str:code>/pdf", proof.as_pdf, name="place-proof-pdf"),
    path(f"{W}proof/<str:code>/csv", proof.as_csv, name="place-proof-csv"),
]

urlpatterns = PROOF
