"""Files that others wrote."""

import json
from pathlib import Path

import pytest

from anlan.wire.cap import reader, signature, writer
from anlan.wire.cap.check import check
from anlan.wire.cap.errors import NotCap
from anlan.wire.cap.national import reading, writing

VECTORS = Path(__file__).parents[4] / "shared" / "vectors" / "cap_and_broadcast.json"


def vectors(protocol: str) -> list[dict]:
    if not VECTORS.exists():
        return []
    found = json.loads(VECTORS.read_text("utf-8"))
    return [one for one in found if one["protocol"].startswith(protocol) and one["xml"]]


needs_vectors = pytest.mark.skipif(
    not VECTORS.exists(), reason="the shared vectors are not beside this checkout"
)


@needs_vectors
def test_the_cap_vectors_are_judged_as_expected():
    assert len(vectors("CAP 1.2")) >= 4
    for one in vectors("CAP 1.2"):
        schema_errors = [f for f in check(one["xml"].encode()).errors if f.code.startswith("XSD")]
        assert (not schema_errors) == one["expected"]["xsd_valid"], one["source"]


@needs_vectors
def test_the_valid_cap_vectors_read_write_and_sign():
    for one in vectors("CAP 1.2"):
        if not one["expected"]["xsd_valid"]:
            continue
        alert = reader.read(one["xml"].encode())
        assert reader.read(writer.write(alert)) == alert
        identity = signature.make_identity("vector", alert.sent)
        signed = signature.sign(one["xml"].encode(), identity.key, identity.certificate)
        assert signature.verify(signed, identity.certificate).alert == alert


@needs_vectors
def test_profile_errors_that_the_schema_misses_are_found():
    (canada,) = [one for one in vectors("CAP 1.2") if "canada_errors" in one["source"]]
    assert [f.code for f in check(canada["xml"].encode()).errors] == ["CAP-REFERENCES-MISSING"]


@needs_vectors
def test_the_national_sample_is_read_and_is_no_cap():
    (sample,) = vectors("China 12379")
    data = sample["xml"].encode()
    form = reading.read(data)
    info = form.alert.infos[0]
    assert (info.event, info.severity, info.event_codes[0].value) == ("大风", "Minor", "11B06")
    assert form.alert.msg_type == sample["expected"]["msgType"]
    assert form.alert.references[0].sent.isoformat() == "2020-02-04T12:18:42+08:00"
    assert [code.value for code in info.areas[0].geocodes] == ["410000000000", "410000000000"]
    assert [method.name for method in form.methods] == ["SMS"]
    assert reading.read(writing.write(form)) == form
    assert check(data).form == "12379"
    with pytest.raises(NotCap):
        reader.read(data)
