"""The stand-ins and the invariants themselves: what is asserted in each scene can fail."""

import json
import re
import shutil
import sys
from dataclasses import replace
from datetime import timedelta

import pytest

from spiders import ids
from spiders.registry import PROVIDERS


@pytest.fixture
def parts(theatre):
    """The modules beside this one."""
    return sys.modules["faults_stage"], sys.modules["faults_invariants"]


@pytest.fixture(scope="module")
def told(theatre, tmp_path_factory):
    """A refresh that found everything as it was, and one that found nobody."""
    place = tmp_path_factory.mktemp("told") / "home"
    shutil.copytree(theatre.ready, place)
    oops = sys.modules["faults_stage"].Answer(status=500)
    fine = theatre.play(place, at=theatre.begun + timedelta(days=1))
    failed = theatre.play(
        place, at=theatre.begun + timedelta(days=2), fault=lambda asked, good: oops
    )
    return fine, failed


def changed(tree, path, old, new, count=1):
    text = tree[path].decode()
    assert re.search(old, text), (path, old)
    return {**tree, path: re.sub(old, new, text, count=count).encode()}


def without(tree, part):
    gone = [path for path in tree if part in path]
    assert gone
    return {path: data for path, data in tree.items() if path not in gone}


BREAKS = {
    "I1: gone": lambda t: without(t, "works.csv"),
    "I1: output/metrics.json does not parse": lambda t: {
        **t,
        "output/metrics.json": t["output/metrics.json"][:-9],
    },
    "I1: left behind": lambda t: {**t, "output/.gs_data.json.77.part": b"{}"},
    "changed though": lambda t: changed(t, "output/citations.yml", r"\d", "0"),
    "lost": lambda t: changed(t, "output/gs_data.json", r'"doi:', '"aoi:'),
    "is None": lambda t: changed(
        t, "output/authors/bob/gs_data.json", r'"citedby":\d+', '"citedby":null'
    ),
    "though it was not believed": lambda t: changed(
        t, "output/metrics.json", r'("stated": \{[^}]*"citations": )\d+', r"\g<1>1"
    ),
    "I3: .* points are gone": lambda t: without(t, "history/"),
    "I3": lambda t: without(t, "history/changes"),
    "I4": lambda t: changed(t, "output/metrics.json", r'"is_stale": false', '"is_stale": true'),
    "I5: run.json is old": None,
    "I5: 0 lines": "",
    "I5: exit 0": 0,
}


@pytest.mark.parametrize("says", BREAKS)
def test_a_broken_promise_is_seen(told, holds, says):
    _, failed = told
    change = BREAKS[says]
    after = change(failed.after) if callable(change) else failed.after
    before = failed.after if change is None else failed.before
    code = change if isinstance(change, int) else failed.code
    said = change if isinstance(change, str) else failed.said
    with pytest.raises(AssertionError, match=says):
        holds(before, after, exit_code=code, said=said)


def test_a_kept_promise_is_seen(told, holds):
    for played in told:
        holds(played.before, played.after, exit_code=played.code, said=played.said)


def test_a_file_is_the_old_one_or_the_new_one(told, holds):
    fine, _ = told
    holds(fine.before, fine.after, exit_code=0, said="", new=fine.after)
    mixed = {**fine.after, "output/works.csv": fine.after["output/works.csv"] + b"\r\n"}
    with pytest.raises(AssertionError, match="I1"):
        holds(fine.before, mixed, exit_code=0, said="", new=fine.after)


def test_a_request_before_its_time_or_too_many_are_seen(parts):
    stage, _ = parts
    name = next(iter(PROVIDERS))

    def asked(turn):
        return stage.Asked(
            provider=name, target="/a?b=1", author="ada", turn=turn, place=turn, headers={}
        )

    refusal = stage.Answer(status=429, headers={"Retry-After": "7"})
    twice = [(asked(0), refusal), (asked(1), stage.Answer())]
    stage.polite(twice, [(name, "http://x/a?b=1", 7.0)], deadline=900)
    for waits in ([], [(name, "http://x/a?b=1", 6.9)]):
        with pytest.raises(AssertionError, match="I6"):
            stage.polite(twice, waits, deadline=900)
    with pytest.raises(AssertionError, match="5 times"):
        stage.polite([(asked(n), stage.Answer()) for n in range(5)], [], deadline=900)
    with pytest.raises(AssertionError, match="900"):
        stage.polite([], [(name, "http://x/", 100.0)] * 10, deadline=900)


@pytest.mark.parametrize(
    "known", ["orcid:0000-0002-1825-0097", "openalex:A5000000001", "google_scholar:SAMPLEadaAAJ"]
)
def test_another_person_has_a_right_id_that_stands_nowhere(parts, known):
    stage, _ = parts
    first = stage.sibling(known, known=b"")
    second = stage.sibling(known, known=first.partition(":")[2].encode())
    assert len({known, first, second}) == 3
    assert [ids.normalise(one) for one in (first, second)] == [first, second]


def test_marked_fixtures_make_up_an_author_and_another_one(parts, tmp_path):
    stage, _ = parts
    row = PROVIDERS["openalex"]
    marked = {
        "author": ("/authors/A5000000001", {"id": "A5000000001"}),
        "first": ("/works?filter=author.id:A5000000001&cursor=*", {"page": 1}),
        "second": ("/works?filter=author.id:A5000000001&cursor=c2", {"page": 2}),
    }
    for case, (target, body) in marked.items():
        folder = tmp_path / "fixtures" / row.name / case
        folder.mkdir(parents=True)
        (folder / "body.json").write_text(json.dumps(body))
        meta = {"url": row.base_url + target, "status": 200, "headers": {}}
        (folder / "meta.json").write_text(json.dumps(meta | {"author": "openalex:A5000000001"}))
    script = stage.Script(row, tmp_path / "scripts", fixtures=tmp_path / "fixtures")
    bob = script.ids["bob"].partition(":")[2]
    assert script.whose(f"/authors/{bob}") == "bob"
    assert json.loads(script.answer(f"/authors/{bob}").body) == {"id": bob}
    assert json.loads(script.answer("/works?per_page=9&cursor=c2").body) == {"page": 2}
    assert script.answer("/robots.txt").status == 404


@pytest.mark.parametrize("name", PROVIDERS)
def test_every_provider_of_the_registry_is_in_the_scenes(name):
    assert name in sys.modules["faults_stage"].PLAYED, (
        f"{name} has no good answer for the scenes: see tests/faults/README.md"
    )


def test_a_provider_without_a_good_answer_fails_loudly(parts, tmp_path):
    stage, _ = parts
    with pytest.raises(LookupError, match="nobody has no good answer"):
        stage.Script(replace(PROVIDERS["openalex"], name="nobody"), tmp_path)
