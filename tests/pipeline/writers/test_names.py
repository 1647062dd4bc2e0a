from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.writers.names import places, slug

ANY = st.one_of(
    st.text(),
    st.text(alphabet="aA./\\-_ :~\x00\u202eé", max_size=12),
    st.sampled_from(["..", "../../etc/passwd", "con", "CON.txt", "nul", "com1", "", ".", ".git"]),
)


@given(ANY)
def test_a_slug_is_one_harmless_file_name(text):
    name = slug(text)
    assert re.fullmatch(r"[a-z0-9_-][a-z0-9._-]*", name)
    assert len(name) <= 80
    assert not name.endswith(".")
    assert name.split(".")[0] not in {"con", "prn", "aux", "nul", "com1", "lpt9"}


@given(ANY, ANY)
def test_two_texts_never_share_a_slug(one, other):
    assert (slug(one) == slug(other)) == (one == other)


@given(ANY)
def test_a_text_that_looks_like_a_slug_of_another_gets_its_own(text):
    name = slug(text)
    assert (slug(name) == name) == (name == text)


@pytest.mark.parametrize("text", ["yushi", "a.b-c_d", "2401.00001", "index"])
def test_a_plain_name_stays_as_it_is(text):
    assert slug(text) == text


@pytest.mark.parametrize(("one", "other"), [("Me", "me"), ("a:b", "a-b"), ("a" * 81, "a" * 82)])
def test_what_is_lost_still_tells_names_apart(one, other):
    assert slug(one).casefold() != slug(other).casefold()


def test_the_first_author_owns_the_root_and_has_a_folder_too(make):
    snapshot = make.snapshot(make.author("one"), make.author("Two"))
    found = [(place, author.author.key) for place, author in places(snapshot)]
    assert found[:2] == [("", "one"), ("authors/one/", "one")]
    assert found[2] == (f"authors/{slug('Two')}/", "Two")
