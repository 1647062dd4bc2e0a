"""What was recorded of arXiv, read by the page module; the feed by ORCID is in test_identity."""

import json
import os
from pathlib import Path

import pytest

from spiders.errors import BadRequest
from spiders.items import PageVerdict
from spiders.pages import arxiv

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")

pytestmark = pytest.mark.skipif(
    not (RECORDED / "arxiv").is_dir(),
    reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED",
)

# Works, total, cursor, verdict
QUERIES = {
    "arxiv/id_0000.0000_s0_m100_8b51d9633a68.xml": (0, 0, None, PageVerdict.EMPTY),
    "arxiv/id_0808.05394_1707.08567_s0_m100_42e5aa0ec3af.xml": (1, 1, None, PageVerdict.PROFILE),
    "arxiv/id_1605.08386_s0_m100_199195aa31ad.xml": (1, 1, None, PageVerdict.PROFILE),
    "arxiv/id_astro-ph_0601001_s0_m100_3150dca9dc76.xml": (1, 1, None, PageVerdict.PROFILE),
    "arxiv/id_quant-ph_0201082v1_s0_m100_86989fe779ef.xml": (1, 1, None, PageVerdict.PROFILE),
    "arxiv/q_testing_s0_m10_bc5a6c384fe9.xml": (10, 214_881, "10", PageVerdict.PROFILE),
    "arxiv/q_testing_s10_m10_34e56e15aaac.xml": (10, 214_881, "20", PageVerdict.PROFILE),
    "crosssource/arxiv.xml": (10, 458_144, "10", PageVerdict.PROFILE),
}
ERROR = "arxiv/id_abc_s0_m100_b79c8dcf6bc3.xml"
NOT_APPLICABLE = {
    "crosssource/arxiv_a_orcid_feedparser.json": "read in test_identity, as the feed it was",
    "crosssource/crossref.json": "of Crossref",
    "crosssource/derived_ielab_34_openalex_merged.json": "derived from OpenAlex",
    "crosssource/derived_ielab_34_scholar_profiles.json": "derived from Google Scholar",
    "crosssource/output.json": "a bibliography that somebody made; held against arXiv's feed in "
    "test_identity",
    "crosssource/zbmath.json": "of zbMATH, which is no provider; held against arXiv's feed in "
    "test_identity",
    "crosssource/zotero.json": "of Zotero, which is no provider; held against arXiv's feed in "
    "test_identity",
}


def parse(name):
    meta = (RECORDED / name).with_suffix(".meta.json")
    response = json.loads(meta.read_text("utf-8"))["response"] if meta.exists() else {}
    (page,) = arxiv.parse(
        (RECORDED / name).read_bytes(),
        status=response.get("status"),
        headers=response.get("headers"),
    )
    return page


def test_every_recorded_answer_is_covered(capsys):
    answers = {
        f"{folder}/{path.name}"
        for folder in ("arxiv", "crosssource")
        for path in (RECORDED / folder).iterdir()
        if not path.name.endswith(".meta.json")
    }
    with capsys.disabled():
        print(f"\narXiv: {len(QUERIES) + 1} recorded answers read")
    assert answers == {*QUERIES, ERROR, *NOT_APPLICABLE}


@pytest.mark.parametrize("name", QUERIES)
def test_an_answer_to_a_query_is_read_whole(name):
    page = parse(name)
    assert (len(page.works), page.total, page.next_cursor, page.verdict) == QUERIES[name]
    assert page.author is None


@pytest.mark.parametrize("name", QUERIES)
def test_every_entry_has_what_a_paper_has(name):
    for work in parse(name).works:
        assert work.title
        assert work.authors
        assert work.record_id.startswith("arxiv:")
        assert "v" not in work.record_id.removeprefix("arxiv:")
        assert work.publication_date.startswith(str(work.year))
        assert work.extra["primary_category"]
        assert work.cited_by_count is None


def test_an_old_number_keeps_its_archive():
    (work,) = parse("arxiv/id_astro-ph_0601001_s0_m100_3150dca9dc76.xml").works
    assert work.record_id == "arxiv:astro-ph/0601001"
    assert work.publication_date == "2006-01-02"
    assert work.extra["journal_ref"] == "ActaAstron.56:1-50,2006"
    assert work.authors == ("Andrew Gould", "Susan Dorsher", "B. Scott Gaudi", "Andrzej Udalski")


def test_two_pages_of_a_query_share_no_paper():
    one, two = (
        {w.record_id for w in parse(f"arxiv/q_testing_s{s}_m10_{n}.xml").works}
        for s, n in ((0, "bc5a6c384fe9"), (10, "34e56e15aaac"))
    )
    assert not one & two


def test_a_collaboration_is_shown_with_all_of_its_people():
    works = parse("crosssource/arxiv.xml").works
    assert max(work.authors_count for work in works) > 1000


def test_the_entry_of_an_error_is_no_paper():
    with pytest.raises(BadRequest, match="incorrect id format for abc"):
        parse(ERROR)
