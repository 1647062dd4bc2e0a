"""Whatever bytes come, a page module returns records that hold their contract, or refuses."""

from dataclasses import replace
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from spiders.errors import ProviderError
from spiders.items import AuthorRecord, PageVerdict, ParsedPage, WorkRecord, YearCount
from spiders.registry import PROVIDERS

FUZZED = settings(settings.get_profile("pages"))


@pytest.mark.parametrize("provider", PROVIDERS)
@FUZZED
@given(data=st.data())
def test_nothing_but_records_or_an_error_of_ours_comes_out(provider, data, any_answer, try_page):
    body, told = data.draw(any_answer(provider))
    try_page(provider, body, **told)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_fixture_cut_anywhere_holds_the_contract(provider, known_cases, try_page):
    for body, meta in known_cases(provider):
        told = {key: meta[key] for key in ("url", "status", "headers")}
        for length in range(0, len(body), max(1, len(body) // 40)):
            try_page(provider, body[:length], **told)


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_fuzzed_is_near_enough_to_be_read_at_times(provider, known_cases, try_page):
    read = 0
    for body, meta in known_cases(provider):
        told = {key: meta[key] for key in ("url", "status", "headers")}
        read += not isinstance(try_page(provider, body, **told), ProviderError)
    assert read


WORK = WorkRecord(
    provider="p", record_id="doi:10.1/x", title="A title", ids=("doi:10.1000/x",), cited_by_count=1
)
AUTHOR = AuthorRecord(provider="p", author_id="A1", name="Ada Test", h_index=0)
PAGE = ParsedPage(verdict=PageVerdict.PROFILE, author=AUTHOR, works=(WORK,))
BROKEN = {
    "a negative count": replace(WORK, cited_by_count=-1),
    "a count that is true": replace(WORK, cited_by_count=True),
    "a count that is a fraction": replace(WORK, authors_count=1.5),
    "an impossible year": replace(WORK, year=0),
    "a title of two lines": replace(WORK, title="a\nb"),
    "a title with a control character": replace(WORK, title="a\x07b"),
    "a title that is blank": replace(WORK, title=""),
    "half a character": replace(WORK, cited_by_count_raw="\ud800"),
    "an id in another spelling": replace(WORK, ids=("doi:10.1000/X",)),
    "an id that is none": replace(WORK, ids=("doi:x",)),
    "an id said twice": replace(WORK, ids=("doi:10.1000/x", "doi:10.1000/x")),
    "an address that is no page": replace(WORK, url="javascript:alert(1)"),
    "a date that is none": replace(WORK, publication_date="May 2020"),
    "a figure that is no number": replace(WORK, extra=MappingProxyType({"fwci": float("nan")})),
    "years that fall": replace(
        WORK, counts_by_year=tuple(YearCount(year=y, cited_by_count=1) for y in (2021, 2020))
    ),
    "another provider's record": replace(WORK, provider="q"),
}


@pytest.mark.parametrize("work", BROKEN.values(), ids=BROKEN)
def test_the_contract_finds(work, contract):
    contract((PAGE,), "p")
    with pytest.raises((AssertionError, ValueError)):
        contract((replace(PAGE, works=(work,)),), "p")
