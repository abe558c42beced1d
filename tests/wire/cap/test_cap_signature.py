"""A signature holds for exactly what was signed, by exactly the certificate that was pinned."""

import re
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from lxml import etree

from anlan.wire.cap import errors
from anlan.wire.cap.check import check
from anlan.wire.cap.signature import Identity, fingerprint, make_identity, sign, verify
from tests.wire.cap.cap_cases import NIGHT, alert, text

EC = make_identity("随州市气象台", NIGHT)
RSA = make_identity("随州市气象台", NIGHT, kind="rsa")
OTHER = make_identity("随州市气象台", NIGHT)
PLAIN = text().encode()
SIGNED = {"ec": sign(PLAIN, EC.key, EC.certificate), "rsa": sign(PLAIN, RSA.key, RSA.certificate)}
DS = "http://www.w3.org/2000/09/xmldsig#"


def pinned(kind: str) -> Identity:
    return {"ec": EC, "rsa": RSA}[kind]


@pytest.mark.parametrize("kind", ["ec", "rsa"])
def test_a_signed_alert_verifies_and_is_still_valid(kind):
    found = verify(SIGNED[kind], pinned(kind).certificate)
    assert found.alert == alert()
    assert found.fingerprint == fingerprint(pinned(kind).certificate)
    assert found.method == {"ec": "ECDSA_SHA256", "rsa": "RSA_SHA256"}[kind]
    report = check(SIGNED[kind])
    assert report.signed
    assert report.findings == ()
    assert b"Signature" not in found.signed_xml


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("柳林镇过去", "洪山镇过去"),
        ("<severity>Extreme", "<severity>Minor"),
        ("<urgency>", "<responseType>AllClear</responseType>\n<urgency>"),
        ("</alert>", " </alert>"),
        ("31.8,113.0 31.8", "31.9,113.0 31.8"),
        ("2021-08-12T09:05:00", "2021-08-13T09:05:00"),
    ],
)
def test_any_change_after_signing_is_noticed(kind, old, new):
    data = SIGNED[kind].decode()
    assert old in data
    with pytest.raises(errors.Tampered, match="digest"):
        verify(data.replace(old, new, 1).encode(), pinned(kind).certificate)


@pytest.mark.parametrize("kind", ["ec", "rsa"])
@pytest.mark.parametrize("part", ["SignatureValue", "DigestValue"])
def test_a_changed_signature_or_digest_is_noticed(kind, part):
    data = SIGNED[kind].decode()
    found = re.search(rf"<ds:{part}>(.)", data)
    other = "B" if found.group(1) == "A" else "A"
    broken = data[: found.end() - 1] + other + data[found.end() :]
    with pytest.raises(errors.Tampered):
        verify(broken.encode(), pinned(kind).certificate)


def test_comments_and_blank_lines_round_the_alert_change_nothing():
    data = (
        SIGNED["ec"].replace(b"<alert", b"<!-- relayed -->\n<alert").replace(b"<event>", b"<!-- x --><event>")
    )
    assert verify(data, EC.certificate).alert == alert()


def test_an_unsigned_alert_is_named():
    with pytest.raises(errors.Unsigned, match="not signed"):
        verify(PLAIN, EC.certificate)


def test_a_signature_of_somebody_else_is_named_even_under_the_same_name():
    with pytest.raises(errors.WrongCertificate) as caught:
        verify(sign(PLAIN, OTHER.key, OTHER.certificate), EC.certificate)
    assert "fingerprint" in str(caught.value)


@pytest.mark.parametrize("keep", ["none", "pinned"])
def test_the_key_in_the_file_is_never_trusted(keep):
    """A forger signs with their own key and leaves the certificate out, or puts the pinned one in."""
    data = sign(PLAIN, OTHER.key, OTHER.certificate).decode()
    theirs = re.search(r"<ds:KeyInfo>.*</ds:KeyInfo>", data, re.DOTALL).group()
    ours = re.search(r"<ds:KeyInfo>.*</ds:KeyInfo>", SIGNED["ec"].decode(), re.DOTALL).group()
    forged = data.replace(theirs, ours if keep == "pinned" else "")
    with pytest.raises(errors.Tampered):
        verify(forged.encode(), EC.certificate)


def test_a_signature_that_brings_no_certificate_verifies_against_the_pinned_one():
    bare = re.sub(rb"<ds:KeyInfo>.*</ds:KeyInfo>", b"", SIGNED["rsa"], flags=re.DOTALL)
    assert verify(bare, RSA.certificate).alert == alert()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha1",
        ),
        ("http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", f"{DS}hmac-sha1"),
        (
            "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256",
            "http://www.w3.org/2001/04/xmldsig-more#hmac-sha256",
        ),
        ("http://www.w3.org/2001/04/xmlenc#sha256", f"{DS}sha1"),
    ],
)
def test_old_and_symmetric_methods_are_refused(old, new):
    data = SIGNED["ec"].decode()
    assert old in data
    with pytest.raises(errors.WeakSignature, match="RSA-SHA256 or ECDSA-SHA256"):
        verify(data.replace(old, new).encode(), EC.certificate)


def parts(kind: str = "ec") -> tuple[etree._Element, etree._Element]:
    root = etree.fromstring(SIGNED[kind])
    return root, root.find(f"{{{DS}}}Signature")


def wrapped_in_object() -> bytes:
    """A new alert on top; the signed one hidden in an Object of its own signature."""
    root, signature = parts()
    hidden = etree.fromstring(SIGNED["ec"])
    hidden.remove(hidden.find(f"{{{DS}}}Signature"))
    etree.SubElement(signature, f"{{{DS}}}Object").append(hidden)
    root.find("{*}info/{*}headline").text = "假"
    return etree.tostring(root)


def pointing_elsewhere() -> bytes:
    root, signature = parts()
    signature.find(f"{{{DS}}}SignedInfo/{{{DS}}}Reference").set("URI", "#x")
    return etree.tostring(root)


def two_signatures() -> bytes:
    root, signature = parts()
    root.append(etree.fromstring(etree.tostring(signature)))
    return etree.tostring(root)


def signature_deeper() -> bytes:
    root, signature = parts()
    root.find("{*}info").append(signature)
    return etree.tostring(root)


def two_references() -> bytes:
    root, signature = parts()
    info = signature.find(f"{{{DS}}}SignedInfo")
    info.append(etree.fromstring(etree.tostring(info.find(f"{{{DS}}}Reference"))))
    return etree.tostring(root)


def filtering_transform() -> bytes:
    root, signature = parts()
    transforms = next(signature.iter(f"{{{DS}}}Transforms"))
    etree.SubElement(
        transforms, f"{{{DS}}}Transform", Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"
    )
    return etree.tostring(root)


def no_signed_info() -> bytes:
    root, signature = parts()
    signature.remove(signature.find(f"{{{DS}}}SignedInfo"))
    return etree.tostring(root)


@pytest.mark.parametrize(
    "forged",
    [
        wrapped_in_object,
        pointing_elsewhere,
        two_signatures,
        signature_deeper,
        two_references,
        filtering_transform,
        no_signed_info,
    ],
)
def test_a_wrapped_signature_is_refused(forged):
    with pytest.raises((errors.WrappedSignature, errors.WeakSignature)):
        verify(forged(), EC.certificate)


def test_the_certificate_must_be_valid_when_the_alert_was_sent():
    late = make_identity("x", NIGHT + timedelta(days=2))
    with pytest.raises(errors.CertificateNotValid):
        verify(sign(PLAIN, late.key, late.certificate), late.certificate)
    with pytest.raises(errors.CertificateNotValid):
        verify(SIGNED["ec"], EC.certificate, at=NIGHT + timedelta(days=3651))


def test_signing_refuses_a_foreign_key_a_weak_key_and_a_second_signature():
    with pytest.raises(errors.KeyMismatch):
        sign(PLAIN, OTHER.key, EC.certificate)
    with pytest.raises(errors.AlreadySigned):
        sign(SIGNED["ec"], EC.key, EC.certificate)
    with pytest.raises(errors.InvalidCap):
        sign(PLAIN.replace(b"Extreme", b"Bad"), EC.key, EC.certificate)


def test_an_exercise_identity_says_so_and_a_real_one_does_not():
    assert "EXERCISE" in EC.certificate.subject.rfc4514_string()
    real = make_identity("随州市气象台", NIGHT, exercise=False)
    assert "EXERCISE" not in real.certificate.subject.rfc4514_string()
    assert isinstance(EC.key, ec.EllipticCurvePrivateKey)
    assert isinstance(RSA.key, rsa.RSAPrivateKey)
    assert b"BEGIN PRIVATE KEY" in EC.key_pem()
    assert b"BEGIN CERTIFICATE" in EC.certificate_pem()
