"""The summary of a job, and what is said beside the run."""

import pytest
from markdown_it import MarkdownIt

from pipeline.jobs.changes import Changes, FigureChange, PaperChange
from pipeline.jobs.policy import verdict
from pipeline.jobs.summary import alerts, markdown, title_of


def figure(provider="openalex", *, citations=410, is_shown=True, is_stale=False, bounds=()):
    values = {"citations": citations, "h_index": 9, "i10_index": None, "papers": 14}
    return {
        "author": "ada",
        "provider": provider,
        "is_shown": is_shown,
        "as_of": "2026-03-01T03:17:00+00:00",
        "is_stale": is_stale,
        "stated": values,
        "resolved": values,
        "lower_bounds": {"stated": list(bounds), "resolved": []},
    }


def outcome(provider="openalex", kind="fresh", **more):
    return {"author": "ada", "provider": provider, "kind": kind, **more}


def document(*, figures=(), outcomes=(), checks=(), problems=()):
    return {
        "figures": list(figures),
        "outcomes": list(outcomes),
        "checks": list(checks),
        "problems": list(problems),
    }


def paper(title="A Paper", before=1, now=3):
    return PaperChange(author_key="ada", provider="openalex", title=title, before=before, now=now)


GOOD = document(figures=[figure()], outcomes=[outcome()])


def test_it_says_what_became_of_each_figure():
    one = FigureChange(author_key="ada", provider="openalex", name="citations", before=400, now=410)
    text = markdown(verdict(0, "current"), GOOD, Changes(figures=(one,)))
    assert "| ada | OpenAlex | citations | 400 | 410 | +10 |" in text
    assert "everything is fresh" in text


def test_it_names_each_paper_with_new_citations():
    found = Changes(papers=(paper(), paper("New", None, 2), paper("Old", 5, None)))
    text = markdown(verdict(0, "current"), GOOD, found)
    assert "| A Paper | OpenAlex | 1 | 3 | +2 |" in text
    assert "| New | OpenAlex | new | 2 |  |" in text
    assert "| Old | OpenAlex | 5 | gone |  |" in text


def test_hundreds_of_papers_are_counted_and_not_listed():
    text = markdown(verdict(0, "current"), GOOD, Changes(papers=(paper(),) * 400))
    assert text.count("| A Paper |") == 50
    assert "And 350 papers more." in text


def test_a_first_answer_is_said_to_be_one():
    text = markdown(verdict(0, "current"), GOOD, Changes(begun=(("ada", "openalex"),)))
    assert "Heard for the first time: OpenAlex on ada." in text


def test_no_change_is_said():
    assert "\nNothing.\n" in markdown(verdict(0, "current"), GOOD, Changes())


def test_a_change_that_cannot_be_told_is_not_called_none():
    text = markdown(verdict(0, "current"), GOOD, None)
    assert "Nothing." not in text
    assert "could not be read" in text


def test_what_is_stale_stands_with_its_reason_and_its_date():
    found = document(
        figures=[figure(is_stale=True)],
        outcomes=[outcome(kind="blocked", reason="a CAPTCHA page came")],
    )
    text = markdown(verdict(3, "stale"), found, Changes())
    assert "- **OpenAlex** on ada: blocked; figures of 2026-03-01 stay. a CAPTCHA page" in text
    assert "❌ no provider gave fresh figures, and the figures shown are older" in text
    assert "| 2026-03-01 (stale) | blocked |" in text


def test_a_provider_that_never_answered_is_told_so():
    found = document(outcomes=[outcome("google_scholar", "blocked")])
    text = markdown(verdict(3, "unknown"), found, Changes())
    assert "- **Google Scholar** on ada: blocked; nothing is known of it yet." in text
    assert "| ada | Google Scholar | – | – | – | – | never | blocked |" in text


def test_figures_that_nobody_asked_to_renew_are_stale_too():
    found = document(figures=[figure(), figure("semantic_scholar", is_stale=True)])
    text = markdown(verdict(0, "current"), found, Changes())
    assert "- **Semantic Scholar** on ada: not confirmed since 2026-03-01." in text
    assert "| not asked |" in text


def test_an_unknown_figure_is_a_dash_and_a_bound_says_so():
    found = document(figures=[figure(citations=None), figure("dblp", bounds=["citations"])])
    text = markdown(verdict(0, "current"), found, Changes())
    assert "| OpenAlex (shown) | – | 9 | – | 14 |" in text
    assert "| dblp (shown) | ≥ 410 |" in text


def test_notes_and_damage_are_told():
    check = {
        "name": "works_count",
        "author": "ada",
        "provider": "openalex",
        "passed": False,
        "blocking": False,
        "detail": "15 listed, 16 stated",
    }
    found = document(checks=[check, {**check, "passed": True}], problems=["x.parquet: damaged"])
    text = markdown(verdict(5, "current"), found, Changes())
    assert text.count("15 listed, 16 stated") == 1
    assert "- History: x.parquet" in text


def test_a_dry_run_says_that_it_is_one():
    text = markdown(verdict(0, "current"), GOOD, Changes(), is_dry=True)
    assert "This was a dry run: nothing was written." in text


def test_without_a_document_the_verdict_is_all():
    text = markdown(verdict(2, "unknown"), None, None)
    assert text.startswith("## Citation metrics\n\n❌ the configuration or the inputs are wrong")
    assert "###" not in text


HOSTILE = "</table><script>x</script> | `y`\n# z\n::error::https://example.org @octocat"


def test_hostile_text_draws_nothing_anywhere():
    found = document(
        figures=[figure()],
        outcomes=[outcome(kind="blocked", reason=HOSTILE)],
        checks=[
            {
                "name": HOSTILE,
                "author": "ada",
                "provider": HOSTILE,
                "passed": False,
                "blocking": False,
                "detail": HOSTILE,
            }
        ],
        problems=[HOSTILE],
    )
    text = markdown(verdict(3, "stale"), found, Changes(papers=(paper(HOSTILE),)))
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    assert sum(t.type == "heading_open" for t in tokens) == 5
    assert not [t for t in tokens if t.type in ("html_block", "fence", "code_block")]
    inner = [c for t in tokens if t.type == "inline" for c in t.children]
    assert {t.content for t in inner if t.type == "html_inline"} == {"<!-- -->"}
    assert {t.type for t in inner} <= {
        "text",
        "text_special",
        "html_inline",
        "strong_open",
        "strong_close",
    }
    assert not [line for line in text.splitlines() if line.startswith("::") or "##[" in line]


@pytest.mark.parametrize("code", [0])
def test_a_good_night_has_no_annotation(code):
    assert alerts(verdict(code, "current"), GOOD) == []


def test_each_answer_that_did_not_come_is_a_warning():
    found = document(outcomes=[outcome(), outcome("google_scholar", "layout_changed", reason="r")])
    first, second = alerts(verdict(1, "current"), found)
    assert (first.level, first.title) == ("warning", "Citation metrics")
    assert (second.level, second.title, second.message) == (
        "warning",
        "Google Scholar: layout changed",
        "ada: r",
    )


def test_a_reason_that_is_not_given_is_the_kind():
    (_, one) = alerts(verdict(1, "current"), document(outcomes=[outcome(kind="offline")]))
    assert one.message == "ada: offline"


def test_damage_of_the_history_is_a_warning_beside_the_error():
    found = alerts(verdict(5, "current"), document(problems=["x: damaged"]))
    assert [(a.level, a.title) for a in found] == [
        ("error", "Citation metrics"),
        ("warning", "History"),
    ]


def test_never_more_annotations_than_the_runner_shows():
    found = alerts(verdict(3, "current"), document(outcomes=[outcome(kind="offline")] * 40))
    assert len(found) == 10
    assert found[-1].message == "32 more are in the summary of this job"


def test_a_provider_without_a_row_keeps_its_name():
    assert title_of("somebody") == "somebody"
