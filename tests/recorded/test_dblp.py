"""What was recorded of dblp, read by the page module."""

import os
import re
from pathlib import Path

import pytest

from spiders.errors import Blocked, LayoutChanged, NotFound, Truncated
from spiders.pages import dblp

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")

pytestmark = pytest.mark.skipif(
    not (RECORDED / "dblp").is_dir(),
    reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED",
)

PERSON = "dblp/person_95_7448-1_di_xu.xml"
SEARCHES = {
    "dblp/search_publ_helper_response_rs_0.json": 5,
    "dblp/search_publ_helper_response_rs_1.json": 1,
}
WALLS = {"synthesized/dblp/anubis_http200.html": 200, "synthesized/dblp/anubis_http500.html": 500}
NOT_APPLICABLE = {
    "dblp/papis_record_bib.bib": "BibTeX of one record, which is never asked for; it has no ids "
    "that the XML lacks"
}


def parse(name, **told):
    (page,) = dblp.parse((RECORDED / name).read_bytes(), **told)
    return page


def test_every_recorded_answer_is_covered(capsys):
    answers = {
        f"{folder}/{path.name}"
        for folder in ("dblp", "synthesized/dblp")
        for path in (RECORDED / folder).iterdir()
        if not path.name.endswith(".meta.json")
    }
    with capsys.disabled():
        print(f"\ndblp: {len(answers) - len(NOT_APPLICABLE)} recorded answers read")
    assert answers == {PERSON, *SEARCHES, *WALLS, *NOT_APPLICABLE}


def test_the_person_has_the_records_that_it_counts():
    page = parse(PERSON)
    author = page.author
    assert (author.author_id, author.name) == ("95/7448-1", "Di Xu")
    assert author.affiliation.startswith("University of British Columbia")
    assert author.works_count == author.works_expected == page.total == len(page.works) == 8


def test_every_record_has_a_doi_a_year_a_venue_and_the_person_among_its_authors():
    works = parse(PERSON).works
    assert all(any(i.startswith("doi:") for i in work.ids) for work in works)
    assert sorted(work.year for work in works) == [2009, 2010, 2010, 2010, 2011, 2012, 2012, 2012]
    assert all(work.venue and "Di Xu" in work.authors for work in works)
    assert not any(work.title.endswith(".") for work in works)
    assert {work.work_type for work in works} == {"article", "inproceedings"}


def test_two_addresses_of_one_doi_are_one_id():
    (work,) = [w for w in parse(PERSON).works if w.record_id == "dblp:journals/tvcg/XuDN11"]
    assert work.ids == ("dblp:journals/tvcg/XuDN11", "doi:10.1109/tvcg.2010.63")
    assert work.venue == "IEEE Trans. Vis. Comput. Graph."


@pytest.mark.parametrize("number", range(8))
def test_the_person_with_a_record_lost_is_refused(number):
    body = (RECORDED / PERSON).read_bytes()
    rows = re.findall(rb"<r>.*?</r>\n", body, re.DOTALL)
    with pytest.raises(Truncated, match="7 of 8 records"):
        dblp.parse(body.replace(rows[number], b""))


@pytest.mark.parametrize("n", [0, 1, 7, 9, 80, 12_345])
def test_the_person_with_another_count_is_refused(n):
    body = (RECORDED / PERSON).read_bytes().replace(b'n="8"', b'n="%d"' % n)
    with pytest.raises((Truncated, LayoutChanged)):
        dblp.parse(body)


def test_the_person_as_a_disambiguation_page_is_nobody():
    body = (RECORDED / PERSON).read_bytes()
    body = body.replace(b"<person key", b'<person publtype="disambiguation" key', 1)
    with pytest.raises(NotFound, match=re.escape("dblp:95/7448")):
        dblp.parse(body)


@pytest.mark.parametrize("name", SEARCHES)
def test_a_search_is_read_with_many_authors_and_with_one(name):
    page = parse(name)
    (work,) = page.works
    assert (page.total, page.next_cursor) == (99_047, "2")
    assert (work.record_id, work.year) == ("dblp:conf/ats/ShinogiYHTY05", 2005)
    assert work.authors_count == len(work.authors) == SEARCHES[name]
    assert work.ids[1:] == ("doi:10.1109/ats.2005.17",)


@pytest.mark.parametrize("name", WALLS)
@pytest.mark.parametrize("known", [True, False])
def test_the_bot_wall_is_told_from_data(name, known):
    told = {"status": WALLS[name], "headers": {"Content-Type": "text/html"}} if known else {}
    with pytest.raises(Blocked):
        parse(name, **told)
