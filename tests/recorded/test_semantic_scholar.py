"""What was recorded of Semantic Scholar, read by the page module: the figures must be its own."""

import json
import os
from pathlib import Path

import pytest

from spiders.errors import BadRequest, NotFound, Unavailable
from spiders.pages import semantic_scholar

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
FOLDERS = ("semanticscholar", "synthesized/semanticscholar")

pytestmark = pytest.mark.skipif(
    not (RECORDED / "semanticscholar").is_dir(),
    reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED",
)

ERRORS = {
    "semanticscholar/error_404_00.json": NotFound,
    "semanticscholar/error_404_01.json": NotFound,
    "semanticscholar/error_400_bad_field_00.json": BadRequest,
    "synthesized/semanticscholar/error_403_bad_key.json": BadRequest,
    "synthesized/semanticscholar/error_429_gateway.json": Unavailable,
    "synthesized/semanticscholar/error_429_keyless.json": Unavailable,
    "synthesized/semanticscholar/error_504_endpoint.json": Unavailable,
}
TURING = {
    "semanticscholar/author_2262347_turing_with_papers_20230103.json": (12397, 12416, 23),
    "semanticscholar/author_2262347_turing_with_papers_20230907.json": (12927, 12946, 22),
}
ZEROES = "semanticscholar/author_batch_3_with_papers_20230102_ANOMALY_zero_totals.json"
BATCH = "semanticscholar/paper_batch_one_null_00.json"


def parse(name, *, is_saved=False):
    meta = (RECORDED / name).with_suffix(".meta.json")
    response = json.loads(meta.read_text("utf-8"))["response"] if meta.exists() else {}
    status = None if is_saved else response.get("status")
    body = (RECORDED / name).read_bytes()
    return semantic_scholar.parse(body, status=status, headers=response.get("headers"))


def test_every_recorded_answer_is_covered(capsys):
    answers = {
        f"{folder}/{path.name}"
        for folder in FOLDERS
        for path in (RECORDED / folder).iterdir()
        if not path.name.endswith(".meta.json") and not path.name.startswith("derived_")
    }
    with capsys.disabled():
        print(f"\nSemantic Scholar: {len(answers)} recorded answers read")
    assert answers == {*ERRORS, *TURING, ZEROES, BATCH}
    assert len(answers) == 11


@pytest.mark.parametrize("is_saved", [False, True])
@pytest.mark.parametrize("name", ERRORS)
def test_a_recorded_refusal_raises_its_error(name, is_saved):
    with pytest.raises(ERRORS[name]) as caught:
        parse(name, is_saved=is_saved)
    assert caught.value.retry_after is None


@pytest.mark.parametrize("name", TURING)
def test_a_recorded_author_with_papers_is_read_whole(name):
    (page,) = parse(name)
    stated, total, h_index = TURING[name]
    assert (page.author.works_count, len(page.works)) == (60, 60)
    assert (page.author.cited_by_count, page.author.h_index) == (stated, h_index)
    assert sum(work.cited_by_count for work in page.works) == total
    assert not page.author.is_truncated


@pytest.mark.parametrize("name", TURING)
def test_the_stated_h_index_equals_the_recomputed_one(name):
    (page,) = parse(name)
    counts = sorted((work.cited_by_count for work in page.works), reverse=True)
    assert sum(rank <= count for rank, count in enumerate(counts, 1)) == page.author.h_index


@pytest.mark.parametrize("name", TURING)
def test_stated_citations_that_differ_from_the_papers_are_named(name):
    (page,) = parse(name)
    assert page.author.anomalies == ("stated_citations_disagree",)


def test_recorded_totals_of_zero_are_kept_and_named():
    pages = parse(ZEROES)
    assert [len(page.works) for page in pages] == [268, 272, 354]
    for page in pages:
        author = page.author
        assert (author.works_count, author.cited_by_count, author.h_index) == (0, 0, 0)
        assert author.anomalies == ("zero_totals_with_papers",)
        assert not author.is_truncated


def test_an_unknown_id_in_a_recorded_batch_is_passed_over():
    (page,) = parse(BATCH)
    assert [work.cited_by_count for work in page.works] == [10670, 2185, 0]
    assert page.author is None


def test_recorded_papers_keep_their_crosswalk():
    works = [work for page in parse(ZEROES) for work in page.works]
    schemes = [i.partition(":")[0] for work in works for i in work.ids]
    assert len(works) == schemes.count("corpus_id") == schemes.count("semantic_scholar") == 894
    assert all(work.cited_by_count is not None for work in works)
    assert {"doi", "dblp", "mag", "arxiv"} <= set(schemes)
