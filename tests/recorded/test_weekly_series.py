"""Recorded answers through checks and history as a refresh does it: what would have been shown.

A real weekly series has one week in which the provider's author totals were broken, and 29 people
of one laboratory are listed by two providers: nobody may be taken for somebody else.
"""

import json
import os
import re
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.checks import blocking, check, impossibilities
from pipeline.checks.person import Witness
from pipeline.collect import Collection
from pipeline.history import History
from pipeline.model import Collected, Outcome
from pipeline.refresh import settle
from spiders.items import AuthorRecord, OutcomeKind, Target, WorkRecord
from spiders.registry import PROVIDERS

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
WEEKLY = "openalex/derived_biogeek_author_plus_works_2026*.json"
PEOPLE = RECORDED / "crosssource"
SEEDS = RECORDED.parent / "seeds"
BAD = "2026-07-13"

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason=f"NO RECORDED DATA at {RECORDED}: set SCHOLAR_METRICS_RECORDED"
)


def work(provider, title, *, cited=None, doi=None, authors=()):
    ids = (doi.replace("https://doi.org/", "doi:").lower(),) if doi else ()
    return WorkRecord(
        provider=provider,
        record_id=f"{provider}:{ids[0] if ids else title}",
        title=title,
        ids=ids,
        authors=tuple(authors),
        cited_by_count=cited,
    )


def answer_of(week):
    works = tuple(
        work("openalex", w["title"], cited=w["cited_by_count"], doi=w["doi"]) for w in week["works"]
    )
    stated = {k: week[k] for k in ("cited_by_count", "works_count", "h_index", "i10_index")}
    author = AuthorRecord(
        provider="openalex",
        author_id="A1",
        ids=(f"orcid:{week['orcid']}",),
        works_expected=len(works),
        **stated,
    )
    return Collected(author_key="me", provider="openalex", author=author, works=works)


def test_the_week_of_broken_totals_never_reaches_what_is_shown(tmp_path, capsys):
    weeks = [json.loads(p.read_text()) for p in sorted(RECORDED.glob(WEEKLY))]
    assert len(weeks) >= 8
    assert sum(w["generated_at"].startswith(BAD) for w in weeks) == 1
    history, shown = History(tmp_path / "history"), []
    for week in weeks:
        found = answer_of(week)
        settled = settle(
            Collection(
                collected=(found,),
                outcomes=(Outcome(author_key="me", provider="openalex", kind=OutcomeKind.FRESH),),
            ),
            targets={"openalex": (Target(author_key="me", id=f"orcid:{week['orcid']}"),)},
            names={},
            before={(s.author_key, s.provider): s for s in history.states()},
            held={(r.author_key, r.provider): r.held for r in history.summary()},
        )
        at = datetime.fromisoformat(week["generated_at"])
        plan = history.plan(settled.accepted, at=at)
        history.commit(plan, outcomes=settled.outcomes, run_id=f"run-{at:%Y%m%d}", at=at)
        is_bad = week["generated_at"].startswith(BAD)
        assert bool(settled.accepted) == (not is_bad), (at, settled.outcomes)
        refused = {c.name for c in settled.checks if c.blocking and not c.passed}
        assert ("stated_against_recomputed" in refused) == is_bad
        (state,) = history.states()
        shown.append((state.author.cited_by_count, state.author.h_index))
    good = [w for w in weeks if not w["generated_at"].startswith(BAD)]
    stored = [c.value for c in history.series(record_id="", metric="cited_by_count")]
    assert stored == [w["cited_by_count"] for w in good]
    assert {h for _, h in shown} == {5}
    with capsys.disabled():
        print(f"\n{len(weeks)} recorded weeks, {len(weeks) - len(good)} of them refused: {shown}")


def people():
    """Key, name, and the papers that two providers list of each person."""
    scholar = json.loads((PEOPLE / "derived_ielab_34_scholar_profiles.json").read_text())
    openalex = json.loads((PEOPLE / "derived_ielab_34_openalex_merged.json").read_text())
    for key in sorted(scholar.keys() & openalex.keys()):
        found = openalex[key]
        listed = found if isinstance(found, list) else found.get("works") or found.get("pubs")
        yield (
            key.replace("-", " ").title(),
            tuple(
                work("google_scholar", p["title"], authors=re.split(r",\s*", p["authors"] or ""))
                for p in scholar[key]["pubs"]
            ),
            tuple(work("openalex", p["title"], authors=p.get("authors", ())) for p in listed),
        )


def refused(name, works, *, follows, known):
    author = AuthorRecord(provider="google_scholar", author_id="A", name=name, is_truncated=True)
    found = Collected(author_key="me", provider="google_scholar", author=author, works=works)
    results = check(
        found,
        provider=PROVIDERS["google_scholar"],
        asked="google_scholar:A",
        name=follows,
        others=[Witness(provider="openalex", name=follows, works=known)],
    )
    return {r.name for r in blocking(results)}


def test_people_of_one_laboratory_are_themselves_and_nobody_else(capsys):
    found = list(people())
    assert len(found) >= 25
    for name, ours, theirs in found:
        assert refused(name, ours, follows=name, known=theirs) == set(), name
    words = {name: set(name.split()) for name, *_ in found}
    titles = {name: {w.title.lower() for w in (*ours, *theirs)} for name, ours, theirs in found}
    pairs = [
        (a, b)
        for a in found
        for b in found
        if not words[a[0]] & words[b[0]] and titles[a[0]] & titles[b[0]]
    ]
    assert len(pairs) >= 100
    taken = [
        (a[0], b[0])
        for a, b in pairs
        if refused(a[0], a[1], follows=b[0], known=b[2]) != {"person"}
    ]
    assert taken == []
    with capsys.disabled():
        print(f"\n{len(found)} people believed, {len(pairs)} ids of co-authors refused")


HEADER = re.compile(r"h-index([\d,]+)\s+([\d,]+)papers\s+([\d,]+)citations")


@pytest.mark.skipif(not SEEDS.is_dir(), reason=f"NO SEEDS at {SEEDS}")
def test_two_of_three_profiles_of_a_feed_state_the_impossible(capsys):
    told = {}
    for number in ("002", "003", "004"):
        (path,) = SEEDS.glob(f"{number}_*.txt")
        header = HEADER.search(path.read_text(encoding="utf-8"))
        assert header, path.name
        h_index, papers, citations = (int(text.replace(",", "")) for text in header.groups())
        told[number] = list(impossibilities(papers=papers, citations=citations, h_index=h_index))
    assert [bool(told[n]) for n in sorted(told)] == [True, False, True]
    with capsys.disabled():
        print(f"\n{len(told)} profiles of a feed: {told}")
