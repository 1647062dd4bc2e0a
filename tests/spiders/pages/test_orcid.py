"""ORCID's odd forms: which source of a work is shown, which ids are its own, what is nullable."""

import json
from pathlib import Path

import pytest

from spiders.errors import Blocked, BudgetSpent, LayoutChanged, NotFound, Unavailable
from spiders.pages import orcid

FIXTURES = Path(__file__).parent / "fixtures/orcid"


def body(case):
    (path,) = (FIXTURES / case).glob("body.*")
    return path.read_bytes()


def parse(value, **told):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    (page,) = orcid.parse(data, **told)
    return page


def external(kind, value, relationship="self", **more):
    return {
        "external-id-type": kind,
        "external-id-value": value,
        "external-id-relationship": relationship,
        **more,
    }


def summary(code=1, **more):
    title = {"title": {"value": f"Title {code}"}}
    return {"put-code": code, "title": title, "type": "journal-article", **more}


def works(*groups):
    found = [
        {"external-ids": {"external-id": list(ids)}, "work-summary": list(summaries)}
        for ids, summaries in groups
    ]
    return {"group": found, "path": "/0000-0002-1825-0097/works"}


def work(*ids, **more):
    (found,) = parse(works((ids, [summary(**more)]))).works
    return found


@pytest.mark.parametrize(
    ("kind", "value", "identifier"),
    [
        ("doi", "10.1000/ABC", "doi:10.1000/abc"),
        ("doi", "https://doi.org/10.1000/abc", "doi:10.1000/abc"),
        ("DOI", "10.1000/abc", "doi:10.1000/abc"),
        ("doi", "123456", None),
        ("arxiv", "arXiv:2311.16503v2", "arxiv:2311.16503"),
        ("arxiv", "https://arxiv.org/abs/math/0310334", "arxiv:math/0310334"),
        ("pmid", "https://pubmed.ncbi.nlm.nih.gov/12345/", "pmid:12345"),
        ("pmc", "PMC12345", "pmcid:PMC12345"),
        ("pmc", "12345", "pmcid:PMC12345"),
        ("bibcode", "2020ApJ...900....1T", "bibcode:2020ApJ...900....1T"),
        ("uri", "https://openreview.net/forum?id=rJXMpikCZ", "openreview:rJXMpikCZ"),
        ("isbn", "9783161484100", None),
        ("eid", "2-s2.0-85000000000", None),
        ("wosuid", "WOS:000622716900001", None),
        ("issn", "1573-1375", None),
    ],
)
def test_an_identifier_of_a_paper_is_kept_in_its_normal_form(kind, value, identifier):
    assert work(external(kind, value)).ids[1:] == ((identifier,) if identifier else ())


@pytest.mark.parametrize("relationship", ["part-of", "version-of", "funded-by", None, ""])
def test_an_identifier_of_something_else_is_left_alone(relationship):
    assert work(external("doi", "10.1000/abc", relationship)).ids == ("orcid_work:1",)


def test_a_normal_form_that_orcid_found_goes_before_what_was_typed():
    typed = external("doi", "oops", **{"external-id-normalized": {"value": "10.1000/abc"}})
    assert work(typed).ids[1:] == ("doi:10.1000/abc",)


def test_a_doi_of_arxiv_is_both():
    found = work(external("doi", "10.48550/arXiv.2311.16503")).ids
    assert found[1:] == ("doi:10.48550/arxiv.2311.16503", "arxiv:2311.16503")


@pytest.mark.parametrize(
    ("places", "shown"), [(("0", "2", "1"), 2), ((1, 0, 0), 1), ((None, "1", None), 2)]
)
def test_the_source_that_the_owner_prefers_is_shown_and_the_others_are_its_aliases(places, shown):
    sources = [summary(code, **{"display-index": p}) for code, p in enumerate(places, 1)]
    (found,) = parse(works(((), sources))).works
    assert found.record_id == f"orcid_work:{shown}"
    assert found.title == f"Title {shown}"
    assert sorted(found.ids) == ["orcid_work:1", "orcid_work:2", "orcid_work:3"]


@pytest.mark.parametrize(
    ("parts", "date"),
    [
        (("2021", "02", "03"), "2021-02-03"),
        (("2021", "2", None), "2021-02"),
        (("2021", None, "03"), "2021"),
        (("2021", "13", "03"), "2021"),
        (("2021", "02", "99"), "2021-02"),
        (("0", "02", "03"), None),
        ((None, "02", "03"), None),
    ],
)
def test_a_date_is_as_exact_as_it_is_said(parts, date):
    keys = ("year", "month", "day")
    said = {k: None if v is None else {"value": v} for k, v in zip(keys, parts, strict=True)}
    found = work(**{"publication-date": said})
    assert found.publication_date == date
    assert found.year == (int(date[:4]) if date else None)


@pytest.mark.parametrize("said", [{"year": None, "month": None, "day": None}, {}, None])
def test_no_date_is_none(said):
    assert work(**{"publication-date": said}).publication_date is None


def test_a_year_that_is_a_word_is_refused():
    with pytest.raises(LayoutChanged, match="not a year"):
        work(**{"publication-date": {"year": {"value": "in press"}}})


@pytest.mark.parametrize(
    "page",
    [
        works(((), [])),
        works(((), [{"title": None}])),
        works(((), [summary(1)]), ((), [summary(1)])),
        works(((), [{"put-code": 1, "title": None}])),
        {"group": None},
        {"group": {}},
        {},
        [],
    ],
)
def test_works_that_lost_what_they_must_have_are_refused(page):
    with pytest.raises(LayoutChanged):
        parse(page)


def test_xml_and_json_of_the_same_record_say_the_same():
    page = parse(body("works_xml"))
    assert [w.record_id for w in page.works] == ["orcid_work:9000007", "orcid_work:9000009"]
    assert page.author.author_id == "0000-0002-1825-0097"
    assert page.works[1].ids == ("orcid_work:9000009", "arxiv:2401.00042", "orcid_work:9000008")


def test_a_whole_record_is_read_from_xml():
    own = "0000-0002-1825-0097"
    page = parse(
        f"""<r:record xmlns:r="r" xmlns:c="c" path="/{own}">
        <c:orcid-identifier><c:uri>https://orcid.org/{own}</c:uri><c:path>{own}</c:path>
        </c:orcid-identifier>
        <r:history><r:claimed>true</r:claimed></r:history>
        <r:person path="/{own}/person"><r:name path="{own}">
          <r:given-names>Ada</r:given-names><r:family-name>Test</r:family-name></r:name>
        <r:researcher-urls><r:researcher-url put-code="1"><r:url-name>S</r:url-name>
          <r:url>https://scholar.google.com/citations?user=AdaTestAAAAJ</r:url></r:researcher-url>
        </r:researcher-urls></r:person>
        <r:activities-summary><r:educations><r:affiliation-group/><r:affiliation-group/>
        </r:educations><r:works><r:group><r:work-summary put-code="7"><r:title>
          <c:title>One</c:title></r:title></r:work-summary></r:group></r:works>
        </r:activities-summary></r:record>""".encode()
    )
    assert page.author.name == "Ada Test"
    assert page.author.ids == (f"orcid:{own}", "google_scholar:AdaTestAAAAJ")
    assert [work.title for work in page.works] == ["One"]


def test_a_record_that_was_closed_is_not_found():
    with pytest.raises(NotFound, match="closed by its owner"):
        parse(body("record_deactivated"))


def test_xml_without_a_work_is_an_empty_list():
    page = parse(b'<works path="/0000-0002-1825-0097/works"><last-modified-date/></works>')
    assert (page.works, page.verdict) == ((), "empty")


def test_a_single_value_that_is_said_twice_in_xml_is_refused():
    text = (
        b'<works><group><work-summary put-code="1"><title/><title/></work-summary></group></works>'
    )
    twice = text.replace(b"<title/><title/>", b"<title><title>A</title><title>B</title></title>")
    with pytest.raises(LayoutChanged):
        parse(twice)


def test_a_name_that_is_kept_private_is_none():
    page = json.loads(body("person"))
    page["name"] = None
    assert parse(page).author.name is None


def test_a_homepage_is_taken_only_where_one_address_can_be_it():
    assert parse(body("person")).author.homepage == "https://www.example.org/~ada/"
    assert parse(body("person_two_pages")).author.homepage is None


@pytest.mark.parametrize("code", [9018, 9036, 9044, 9007])
@pytest.mark.parametrize("status", [409, None])
def test_a_closed_record_is_not_found_by_its_code(code, status):
    error = {"response-code": 409, "developer-message": "x", "error-code": code}
    with pytest.raises(NotFound, match="this record"):
        parse(error, status=status)


@pytest.mark.parametrize(
    ("status", "headers", "error"),
    [
        (404, {}, NotFound),
        (500, {"Content-Type": "text/html"}, Unavailable),
        (503, {}, Unavailable),
        (429, {"Retry-After": "5"}, Unavailable),
        (429, {}, BudgetSpent),
        (403, {}, Blocked),
        (200, {"Content-Type": "application/json"}, Blocked),
    ],
)
def test_a_web_page_is_judged_by_its_status(status, headers, error):
    with pytest.raises(error):
        parse(body("error_server"), status=status, headers=headers)
