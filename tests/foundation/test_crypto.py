"""Secrets at rest: a seal opens for its own record with its own key, and nothing else opens it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation import crypto
from anlan.foundation.crypto import (
    Unsealable,
    blind,
    mask_name,
    mask_phone,
    normal_name,
    normal_phone,
    seal,
    token,
    unseal,
)
from anlan.foundation.home import home, secret


@given(st.text(), st.text(min_size=1, max_size=20))
def test_what_is_sealed_opens_again_for_the_same_record(value: str, ref: str) -> None:
    assert unseal(seal(value, ref), ref) == value


def test_a_seal_copied_to_another_record_does_not_open() -> None:
    with pytest.raises(Unsealable, match="keys"):
        unseal(seal("13800004417", "P-1"), "P-2")


def test_the_same_value_is_never_sealed_alike_and_never_shows() -> None:
    first, second = seal("杨柳青", "P-1"), seal("杨柳青", "P-1")
    assert first != second
    assert "杨" not in first


@pytest.mark.parametrize("spoil", [
    lambda s: s[:-4] + ("AAAA" if s[-4:] != "AAAA" else "BBBB"),
    lambda s: s[:20],
    lambda s: "g1:k1:",
    lambda s: "g9" + s[2:],
    lambda s: s.replace(":k1:", ":k9:"),
    lambda s: s.replace(":k1:", ":../index-k1:"),
    lambda s: "",
    lambda s: "13800004417",
])  # fmt: skip
def test_a_spoiled_seal_says_that_it_does_not_open(spoil) -> None:
    with pytest.raises(Unsealable):
        unseal(spoil(seal("13800004417", "P-1")), "P-1")


def test_opening_never_draws_a_key() -> None:
    with pytest.raises(Unsealable):
        unseal(seal("13800004417", "P-1").replace(":k1:", ":k7:"), "P-1")
    assert not (home() / "keys" / "seal-k7").exists()


def test_a_key_is_drawn_once_and_read_by_its_owner_alone() -> None:
    assert secret("test-key") == secret("test-key")
    path = home() / "keys" / "test-key"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o077 == 0


def test_a_key_that_was_cut_short_is_never_drawn_anew() -> None:
    secret("test-cut")
    path = home() / "keys" / "test-cut"
    path.write_bytes(b"short")
    with pytest.raises(RuntimeError, match="cut short"):
        secret("test-cut")
    assert path.read_bytes() == b"short"


def test_a_person_is_found_by_the_keyed_hash_and_not_by_a_plain_one() -> None:
    assert blind(" 13800004417 ") == blind("13800004417") != blind("13800004418")
    assert len(blind("x")) == 32


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_number_is_one_number_however_it_is_written(number: str) -> None:
    spelled = [f"+86 {number}", f"86{number}", f"{number[:3]}-{number[3:7]} {number[7:]}"]
    assert {normal_phone(each) for each in spelled} == {number}


def test_masks_keep_enough_to_recognise_and_too_little_to_call() -> None:
    assert mask_phone("+86 138-0000-4417") == "138 **** 4417"
    assert mask_phone("4417") == "****"
    assert (mask_name("杨柳青"), mask_name("杨"), mask_name("")) == ("杨**", "杨*", "")


def test_a_link_depends_on_each_of_its_parts() -> None:
    assert token("a", "bc") == token("a", "bc") != token("ab", "c")
    assert len(token("a")) == 24


def test_a_fresh_process_opens_what_another_sealed() -> None:
    sealed = seal("杨柳青", "P-1")
    crypto._cipher.cache_clear()
    assert unseal(sealed, "P-1") == "杨柳青"


WAYS = ("{}", "+86{}", "86 {}", "0086-{}", "+86-{}", "(+86){}", "0{}", "{}.0", "'{}", "\xa0{}\u3000")


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True), st.sampled_from(WAYS), st.booleans())
def test_a_mobile_has_one_form_however_it_was_written(number: str, way: str, is_wide: bool) -> None:
    written = way.format(number)
    if is_wide:
        written = written.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789+-()."})
    assert normal_phone(written) == normal_phone(f"{number[:3]} {number[3:7]} {number[7:]}") == number


def test_a_landline_keeps_its_zero_and_a_service_number_has_none() -> None:
    forms = ("0722-3220114", "+86 722 3220114", "0086-722-3220114", "+86-0722-3220114", "（0722）3220114")
    assert {normal_phone(form) for form in forms} == {"07223220114"}
    assert normal_phone("+86 400 800 1234") == normal_phone("400-800-1234") == "4008001234"
    assert normal_phone("1.3800004417E+10") == "13800004417"
    assert normal_phone("110") == "110"


@given(st.text())
def test_a_normal_form_is_its_own_normal_form(text: str) -> None:
    assert normal_phone(normal_phone(text)) == normal_phone(text)
    assert normal_name(normal_name(text)) == normal_name(text)


@pytest.mark.parametrize("dot", "·•‧∙⋅・･．.")
def test_a_name_has_one_form_whatever_its_dot(dot: str) -> None:
    assert normal_name(f" 阿依古丽 {dot}买买提\u3000") == "阿依古丽·买买提"


def test_a_name_has_one_form_whatever_its_width_and_spaces() -> None:
    assert normal_name("王　五") == normal_name("王 五") == "王五"
    assert normal_name("ＪＯＨＮ  Smith") == "JOHN Smith"
