"""The file: ids in groups, whom to ask first, and nothing that TOML or a shell would misread."""

import tomllib
from pathlib import Path

import pytest

from pipeline import config
from pipeline.discover import (
    Answer,
    Choice,
    Evidence,
    Failure,
    Finding,
    Kind,
    Statement,
    in_order,
    write,
)
from pipeline.discover.listing import _one
from pipeline.discover.writing import as_option
from pipeline.model import Collected
from spiders.items import AuthorRecord, CandidateItem, OutcomeKind

ORCID = "orcid:0000-0002-1825-0097"


def found(identifier, kind=Kind.GIVEN, **more):
    return Finding(id=identifier, kind=kind, title="OpenAlex", **more)


def stated(identifier, beside=ORCID):
    told = Statement(provider="openalex", beside=beside)
    return found(identifier, Kind.STATED, statement=told)


def text_of(*ids, name="Ada Test", contact=None, evidence=None):
    order = in_order(ids, evidence or Evidence(given=()))
    return write(Choice(ids=ids, order=order, name=name, key=None, contact=contact))


def lost(provider, asked, kind=OutcomeKind.NOT_FOUND):
    return Failure(provider=provider, asked=asked, kind=kind, reason="a reason")


def order_of(*ids, **evidence):
    return in_order(tuple(map(found, ids)), Evidence(given=ids, **evidence))


def test_who_counts_citations_comes_first_and_own_lists_last():
    ids = (
        "homepage:https://ada.example/",
        "dblp:1/2",
        "semantic_scholar:7",
        "inspire_bai:A.Test.1",
        "google_scholar:AAAAAAJ",
        ORCID,
    )
    wanted = ("openalex", "google_scholar", "semantic_scholar", "inspire")
    assert order_of(*ids) == (*wanted, "orcid", "dblp", "homepage")


def test_a_provider_that_is_asked_by_the_orcid_is_in_it_only_if_it_has_answered():
    author = AuthorRecord(provider="inspire", author_id="A.Test.1")
    came = Collected(author_key=ORCID, provider="inspire", author=author, works=())
    answer = Answer(provider="inspire", asked=ORCID, collected=came)
    assert "inspire" not in order_of(ORCID)
    assert "inspire" in order_of(ORCID, answers=(answer,))


def test_a_provider_that_does_not_know_the_person_is_not_in_it():
    assert order_of(ORCID, failures=(lost("orcid", ORCID),)) == ("openalex",)
    blocked = lost("orcid", ORCID, OutcomeKind.BLOCKED)
    assert order_of(ORCID, failures=(blocked,)) == ("openalex", "orcid")


def test_an_id_that_nobody_knows_is_written_all_the_same():
    assert order_of("dblp:1/2", failures=(lost("dblp", "dblp:1/2"),)) == ("dblp",)


def test_a_second_profile_is_called_one():
    text = text_of(stated("openalex:A1"), stated("openalex:A2"))
    assert text.count("another profile at OpenAlex; OpenAlex names it") == 1
    assert tomllib.loads(text)["authors"][0]["ids"] == ["openalex:A1", "openalex:A2"]


def test_own_lists_are_proposed_where_there_are_any():
    assert "own_list" not in text_of(found("openalex:A1"))
    assert '# own_list = ["orcid", "dblp"]' in text_of(found("dblp:1/2"), found(ORCID))


@pytest.mark.parametrize("name", ['A "q" \\ test', "Ada\nids = []", "\x00\x7f\u202e", "𝒜da 😀"])
def test_no_name_breaks_the_file(name):
    text = text_of(found(ORCID), name=name)
    assert tomllib.loads(text)["authors"][0]["name"] == name
    assert config.parse(text, name="x", base=Path()).authors[0].name == name


def test_no_address_breaks_out_of_its_comment():
    page = 'homepage:https://ada.example/"\\'
    text = text_of(found(page), stated("openalex:A1", beside=f"{page}\nkey = 1"))
    assert tomllib.loads(text)["authors"][0]["ids"] == ["openalex:A1", page]


def test_a_command_to_copy_holds_no_second_command():
    page = "homepage:https://ada.example/';rm$IFS-rf$IFS.;'"
    assert as_option(page) == "--homepage 'https://ada.example/'\"'\"';rm$IFS-rf$IFS.;'\"'\"''"
    author = AuthorRecord(provider="openalex", author_id="A1", ids=("openalex:A1", page))
    one = _one(CandidateItem(provider="openalex", author_key="x", author=author))
    assert one.command == f"scholar-metrics init --openalex A1 {as_option(page)}"
