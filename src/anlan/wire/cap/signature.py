"""签名与验签 · Enveloped XML signatures over a whole alert, against a pinned certificate.

The pinned certificate is the only thing trusted; a key that travels in the file proves nothing. Before any digest is
computed the shape of the signature must be the one shape we accept: one Signature, a child of the alert, one Reference
to the whole document, transforms that cannot leave anything out. What is returned is parsed from the signed bytes
only, so nothing unsigned can slip in.

Source: W3C XML Signature Syntax and Processing 1.1; CAP 1.2 section 3.3.2.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography import x509
from cryptography.exceptions import InvalidSignature as BadKeySignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import NameOID
from lxml import etree
from signxml.algorithms import CanonicalizationMethod, DigestAlgorithm, SignatureMethod
from signxml.exceptions import InvalidCertificate, InvalidDigest, SignXMLException
from signxml.signer import XMLSigner
from signxml.verifier import SignatureConfiguration, XMLVerifier

from .errors import (
    AlreadySigned,
    CertificateNotValid,
    KeyMismatch,
    Tampered,
    Unsigned,
    WeakSignature,
    WrappedSignature,
    WrongCertificate,
)
from .model import Alert
from .reader import read_tree
from .safexml import LIMITS, Element, Limits, line_of, parse

Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

DS = "http://www.w3.org/2000/09/xmldsig#"
SIGNATURE = f"{{{DS}}}Signature"
ENVELOPED = f"{DS}enveloped-signature"
SMALLEST_RSA = 2048

METHODS = frozenset(
    {SignatureMethod.RSA_SHA256, SignatureMethod.RSA_SHA384, SignatureMethod.RSA_SHA512}
    | {SignatureMethod.ECDSA_SHA256, SignatureMethod.ECDSA_SHA384, SignatureMethod.ECDSA_SHA512}
)
DIGESTS = frozenset({DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512})
# All without comments: a comment must not decide what a digest covers.
CANONICAL = frozenset(
    {
        CanonicalizationMethod.CANONICAL_XML_1_0,
        CanonicalizationMethod.CANONICAL_XML_1_1,
        CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    }
)
CANONICAL_URIS = frozenset(method.value for method in CANONICAL)


@dataclass(frozen=True)
class Identity:
    """A private key and its certificate."""

    key: Key
    certificate: x509.Certificate

    def key_pem(self) -> bytes:
        """The private key as unencrypted PKCS #8 PEM; the caller seals it."""
        return self.key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )

    def certificate_pem(self) -> bytes:
        return self.certificate.public_bytes(serialization.Encoding.PEM)


@dataclass(frozen=True)
class Verified:
    """An alert whose every field was covered by a good signature of the pinned certificate."""

    alert: Alert
    fingerprint: str
    method: str
    signed_xml: bytes


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of the certificate in hex: what two people compare by telephone."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def sign(xml: bytes, key: Key, cert: x509.Certificate, *, limits: Limits = LIMITS) -> bytes:
    """Sign a CAP 1.2 file with RSA-SHA256 or ECDSA P-256/SHA-256, by the kind of the key.

    The result is still valid by the schema. Raises KeyMismatch, AlreadySigned, and what `read` raises.
    """
    method = _method_of(key, cert)
    root = parse(xml, limits=limits)
    read_tree(root)
    if next(root.iter(SIGNATURE), None) is not None:
        raise AlreadySigned()
    signer = XMLSigner(
        signature_algorithm=method,
        digest_algorithm=DigestAlgorithm.SHA256,
        c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0,
    )
    signed = signer.sign(root, key=key, cert=[cert])
    text: bytes = etree.tostring(signed, xml_declaration=True, encoding="UTF-8")
    return text + b"\n"


def verify(
    xml: bytes, pinned: x509.Certificate, *, at: datetime | None = None, limits: Limits = LIMITS
) -> Verified:
    """Verify a signed CAP 1.2 file against the pinned certificate.

    `at` is when the certificate must have been valid: the time of arrival, or by default the alert's own `sent`.
    Raises a SignatureError that says what failed, and what `read` raises when the signed content is no alert.
    """
    root = parse(xml, limits=limits)
    signature = _only_signature(root)
    method = _require_shape(signature)
    _require_same_certificate(signature, pinned)
    signed = _signed_bytes(root, pinned, at=at or read_tree(parse(xml, limits=limits)).sent)
    return Verified(
        alert=read_tree(parse(signed, limits=limits)),
        fingerprint=fingerprint(pinned),
        method=method.name,
        signed_xml=signed,
    )


def make_identity(
    common_name: str, now: datetime, *, kind: str = "ec", days: int = 3650, exercise: bool = True
) -> Identity:
    """A fresh key (`ec` for P-256, `rsa` for RSA 2048) with a self-signed certificate, valid from an hour before now.

    An exercise identity says so in its organisational unit, so that nobody pins it as a real one.
    """
    key: Key = (
        ec.generate_private_key(ec.SECP256R1())
        if kind == "ec"
        else rsa.generate_private_key(public_exponent=65537, key_size=SMALLEST_RSA)
    )
    attributes = [x509.NameAttribute(NameOID.COMMON_NAME, common_name)]
    if exercise:
        attributes.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, "演练 EXERCISE"))
    name = x509.Name(attributes)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Identity(key=key, certificate=certificate)


def _method_of(key: Key, cert: x509.Certificate) -> SignatureMethod:
    public = key.public_key()
    mine = public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    theirs = cert.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    if mine != theirs:
        raise KeyMismatch()
    if isinstance(public, rsa.RSAPublicKey) and public.key_size >= SMALLEST_RSA:
        return SignatureMethod.RSA_SHA256
    if isinstance(public, ec.EllipticCurvePublicKey) and isinstance(public.curve, ec.SECP256R1):
        return SignatureMethod.ECDSA_SHA256
    raise KeyMismatch()


def _only_signature(root: Element) -> Element:
    """The one signature, a child of the alert: anywhere else it may cover another element than the reader sees."""
    everywhere = list(root.iter(SIGNATURE))
    if not everywhere:
        raise Unsigned()
    if len(everywhere) > 1:
        raise WrappedSignature(line=line_of(everywhere[1]), reason="more than one Signature")
    if everywhere[0].getparent() is not root:
        raise WrappedSignature(line=line_of(everywhere[0]), reason="Signature is not a child of alert")
    return everywhere[0]


def _require_shape(signature: Element) -> SignatureMethod:
    """Accept one way of signing only, and say what is wrong with any other."""
    method = _algorithm(signature, f"{{{DS}}}SignedInfo/{{{DS}}}SignatureMethod")
    digest = _algorithm(signature, f"{{{DS}}}SignedInfo/{{{DS}}}Reference/{{{DS}}}DigestMethod")
    canonical = _algorithm(signature, f"{{{DS}}}SignedInfo/{{{DS}}}CanonicalizationMethod")
    if method not in {one.value for one in METHODS}:
        raise WeakSignature(line=line_of(signature), method=method)
    if digest not in {one.value for one in DIGESTS}:
        raise WeakSignature(line=line_of(signature), method=digest)
    if canonical not in CANONICAL_URIS:
        raise WrappedSignature(line=line_of(signature), reason=f"canonicalization {canonical}")
    _require_whole_document(signature)
    return SignatureMethod(method)


def _require_whole_document(signature: Element) -> None:
    references = list(signature.iter(f"{{{DS}}}Reference"))
    if len(references) != 1 or references[0].get("URI") != "":
        raise WrappedSignature(line=line_of(signature), reason="Reference is not the whole document")
    if next(signature.iter(f"{{{DS}}}Object", f"{{{DS}}}Manifest"), None) is not None:
        raise WrappedSignature(line=line_of(signature), reason="Signature carries an Object")
    transforms = [one.get("Algorithm") for one in signature.iter(f"{{{DS}}}Transform")]
    if transforms[:1] != [ENVELOPED] or len(transforms) > 2 or not set(transforms[1:]) <= CANONICAL_URIS:
        raise WrappedSignature(line=line_of(signature), reason=f"transforms {transforms}")


def _algorithm(signature: Element, path: str) -> str:
    found = signature.find(path)
    return "none" if found is None else found.get("Algorithm", "none")


def _require_same_certificate(signature: Element, pinned: x509.Certificate) -> None:
    """When the file brings a certificate it must be the pinned one; bringing none is allowed."""
    brought = [one.text or "" for one in signature.iter(f"{{{DS}}}X509Certificate")]
    mine = "".join(pinned.public_bytes(serialization.Encoding.PEM).decode().split("\n")[1:-2])
    if brought and mine not in {"".join(one.split()) for one in brought}:
        raise WrongCertificate(line=line_of(signature), pinned=fingerprint(pinned))


def _signed_bytes(root: Element, pinned: x509.Certificate, *, at: datetime) -> bytes:
    """The canonical bytes that the signature covers, once it holds."""
    config = SignatureConfiguration(
        location="./",
        expect_references=1,
        signature_methods=METHODS,
        digest_algorithms=DIGESTS,
        # Only the pinned key is used; a KeyValue in the file is not even looked at.
        ignore_ambiguous_key_info=True,
        verification_time=at,
    )
    if not pinned.not_valid_before_utc <= at <= pinned.not_valid_after_utc:
        raise CertificateNotValid(at=at.isoformat())
    try:
        result = XMLVerifier().verify(root, x509_cert=pinned, expect_config=config)
    except InvalidCertificate:
        raise CertificateNotValid(at=at.isoformat()) from None
    except InvalidDigest:
        raise Tampered(reason="the content does not match its digest") from None
    except (SignXMLException, BadKeySignature, ValueError, etree.LxmlError) as error:
        raise Tampered(reason=f"the signature does not hold ({type(error).__name__})") from None
    if isinstance(result, list):
        raise WrappedSignature(reason="more than one Reference")
    return result.signed_data
