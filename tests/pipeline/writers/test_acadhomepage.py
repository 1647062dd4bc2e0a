from __future__ import annotations

import json
from datetime import timedelta

import pytest

HOSTILE = [
    "<img src=x onerror=alert(1)>",
    "*a: &b [c, d] # {e}: 'f' \"g\" | > %",
    '=HYPERLINK("http://example.org","x")',
    "+1-2",
    "@SUM(A1)",
    r"$\mathcal{O}(n)$ \textbf{50\%} & #1_2 ~ ^",
    "} unbalanced { braces \\",
    "--- # yes",
    "引用 😀 ★ Ünïcödé",
    "null",
    "1e5",
    "'quoted'",
]


def data(found, path="gs_data.json"):
    return json.loads(found[path], parse_constant=lambda name: pytest.fail(f"{name} in the file"))


def numbers(value):
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [n for v in value for n in numbers(v)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def holds_null(value):
    if isinstance(value, dict):
        return any(map(holds_null, value.values()))
    return any(map(holds_null, value)) if isinstance(value, list) else value is None


def test_keys_come_in_the_order_that_scholarly_writes(make, files):
    assert list(data(files(make.snapshot()))) == [
        "container_type",
        "filled",
        "scholar_id",
        "source",
        "name",
        "affiliation",
        "interests",
        "citedby",
        "publications",
        "citedby5y",
        "hindex",
        "hindex5y",
        "i10index",
        "i10index5y",
        "cites_per_year",
        "updated",
        "provider",
        "figures",
        "author_key",
    ]


def test_the_file_is_one_line_with_readable_letters_and_no_final_newline(make, files):
    found = files(
        make.snapshot(
            make.author(works=(make.work(title="引", counts=[make.count("openalex:W1", 1)]),))
        )
    )
    assert b"\n" not in found["gs_data.json"]
    assert "引".encode() in found["gs_data.json"]


def test_figures_are_the_shown_ones(make, files):
    found = data(files(make.snapshot()))
    assert (found["citedby"], found["citedby5y"]) == (1250, 900)
    assert (found["hindex"], found["hindex5y"], found["i10index"], found["i10index5y"]) == (
        2,
        2,
        2,
        1,
    )
    assert found["cites_per_year"] == {"2024": 700, "2025": 500}
    assert list(found["cites_per_year"]) == ["2024", "2025"]
    assert found["updated"] == "2026-03-01T03:17:05+00:00"
    assert found["scholar_id"] == make.USER
    assert (found["provider"], found["figures"]) == ("google_scholar", "stated")


def test_every_number_is_an_integer_and_nothing_is_null(make, files):
    values = {**make.VALUES, "citations": 1250.0, "h_index": float("nan"), "i10_index": 2.5}
    found = data(files(make.snapshot(make.author(metrics=(make.metrics(values=values),)))))
    assert {type(n) for n in numbers(found)} == {int}
    assert not holds_null(found)
    assert found["citedby"] == 1250
    assert "hindex" not in found
    assert "i10index" not in found


def test_unknown_keys_are_left_out(make, files):
    author = make.author(
        sources=(make.source(affiliation=None, interests=()),),
        metrics=(make.metrics(values={"citations": 0}, counts_by_year={}),),
    )
    found = data(files(make.snapshot(author)))
    absent = {"affiliation", "interests", "hindex", "citedby5y", "cites_per_year"}
    assert not absent & set(found)
    assert found["citedby"] == 0


def test_nothing_personal_is_published(make, files):
    author = make.author(sources=(make.source(homepage="https://example.org/private"),))
    found = data(files(make.snapshot(author)))
    assert not {"email_domain", "url_picture", "organization", "homepage"} & set(found)
    assert b"private" not in files(make.snapshot(author))["gs_data.json"]


def test_publications_are_a_dictionary_by_the_ids_that_pages_name(make, files):
    found = data(files(make.snapshot()))["publications"]
    assert set(found) == {
        f"{make.USER}:one_________",
        f"{make.USER}:onepreprint_",
        f"{make.USER}:three_______",
        "doi:10.1000/one",
        "arxiv:2401.00001",
    }
    assert all(key == paper["author_pub_id"] for key, paper in found.items())


def test_a_publication_is_as_scholarly_writes_it(make, files):
    found = data(files(make.snapshot()))["publications"]
    assert found[f"{make.USER}:one_________"] == {
        "container_type": "Publication",
        "source": "AUTHOR_PUBLICATION_ENTRY",
        "bib": {
            "title": "A Paper on Synthetic Data",
            "pub_year": "2024",
            "citation": "Journal of Made-Up Results",
        },
        "filled": False,
        "author_pub_id": f"{make.USER}:one_________",
        "num_citations": 1000,
        "provider": "google_scholar",
    }
    assert "citation" not in found[f"{make.USER}:three_______"]["bib"]


def test_an_unknown_year_is_absent(make, files):
    work = make.work(counts=[make.count("openalex:W1", 1)], year=None)
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    assert "pub_year" not in found["doi:10.1000/one"]["bib"]


def test_in_stated_figures_each_scholar_record_has_its_own_count(make, files):
    found = data(files(make.snapshot()))["publications"]
    assert found[f"{make.USER}:onepreprint_"]["num_citations"] == 200
    assert found["arxiv:2401.00001"]["num_citations"] == 1000


def test_in_resolved_figures_each_id_has_the_papers_count(make, files):
    found = data(files(make.snapshot(make.author(figures="resolved"))))
    assert found["figures"] == "resolved"
    assert found["publications"][f"{make.USER}:onepreprint_"]["num_citations"] == 1000


def test_a_rule_of_resolved_figures_is_followed(make, files):
    added = make.metrics(series="resolved", rule="sum_versions")
    author = make.author(figures="resolved", metrics=(added,))
    found = data(files(make.snapshot(author)))["publications"]
    assert found["arxiv:2401.00001"]["num_citations"] == 1200


def test_gone_and_struck_records_stay(make, files):
    work = make.work(
        counts=(
            make.count(make.scholar("live"), 30),
            make.count(make.scholar("gone"), 20, is_gone=True),
            make.count(make.scholar("struck"), 5, is_excluded=True),
        )
    )
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    counts = {key.partition(":")[2].strip("_"): p["num_citations"] for key, p in found.items()}
    assert counts == {"live": 30, "gone": 20, "struck": 5, "10.1000/one": 30}


def test_a_provider_of_zero_is_zero(make, files):
    work = make.work(counts=(make.count(make.scholar("zero"), 0),))
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    assert {p["num_citations"] for p in found.values()} == {0}


def test_a_paper_that_the_shown_provider_does_not_know_names_who_counted_it(make, files):
    work = make.work(
        counts=(make.count("semantic_scholar:1" * 1, 9), make.count("openalex:W1", 7)),
    )
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    assert found["doi:10.1000/one"]["provider"] == "openalex"
    assert found["doi:10.1000/one"]["num_citations"] == 7


def test_a_provider_outside_the_order_answers_last(make, files):
    work = make.work(counts=(make.count("inspire:1", 9),))
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    assert found["doi:10.1000/one"]["provider"] == "inspire"


def test_scholar_ids_are_kept_when_another_provider_is_shown(make, files):
    author = make.author(shown="openalex")
    found = data(files(make.snapshot(author)))
    assert found["citedby"] == 840
    assert found["scholar_id"] == make.USER
    papers = found["publications"]
    assert papers[f"{make.USER}:onepreprint_"]["num_citations"] == 800
    assert papers[f"{make.USER}:onepreprint_"]["provider"] == "openalex"
    assert papers[f"{make.USER}:three_______"]["provider"] == "google_scholar"


def test_a_scholar_record_without_a_count_takes_the_papers(make, files):
    work = make.work(
        counts=(make.count(make.scholar("blank"), None), make.count("openalex:W1", 7)),
    )
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    assert found[f"{make.USER}:blank_______"]["num_citations"] == 7
    assert found[f"{make.USER}:blank_______"]["provider"] == "openalex"


def test_a_paper_that_nobody_counted_is_left_out(make, files):
    work = make.work(counts=(make.count(make.scholar("blank"), None),))
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    assert found == {}


def test_a_paper_that_nobody_counts_any_more_keeps_its_entry(make, files):
    before = files(make.snapshot())
    works = [make.changed(w, counts=()) for w in make.author().works]
    after = files(make.snapshot(make.author(works=tuple(works))), before)
    assert data(after)["publications"] == data(before)["publications"]


def test_an_older_number_says_when_it_was_confirmed(make, files):
    old = make.AS_OF - timedelta(days=90)
    work = make.work(
        counts=(
            make.count(make.scholar("live"), 30),
            make.count(make.scholar("gone"), 20, is_gone=True, as_of=old),
        )
    )
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    assert found[f"{make.USER}:gone________"]["as_of"] == "2025-12-01T03:17:05+00:00"
    assert "as_of" not in found[f"{make.USER}:live________"]


def test_a_shared_alias_goes_to_the_larger_paper(make, files):
    small = make.work("openalex:W1", counts=[make.count("openalex:W1", 5)], ids=("doi:10.1000/x",))
    large = make.work("openalex:W2", counts=[make.count("openalex:W2", 9)], ids=("doi:10.1000/x",))
    for works in ((small, large), (large, small)):
        found = data(files(make.snapshot(make.author(works=works))))["publications"]
        assert found["doi:10.1000/x"]["num_citations"] == 9


def test_combined_figures_take_the_largest_of_all_providers(make, files):
    author = make.author(
        figures="combined",
        metrics=(make.metrics("combined", "combined", values={"citations": 1300}, rule="max"),),
    )
    found = data(files(make.snapshot(author)))
    assert (found["citedby"], found["provider"]) == (1300, "combined")
    assert found["publications"]["doi:10.1000/one"]["num_citations"] == 1000


def test_stale_and_bounded_figures_say_so(make, files):
    author = make.author(
        sources=(make.source(is_stale=True),), metrics=(make.metrics(lower_bounds={"citations"}),)
    )
    found = data(files(make.snapshot(author)))
    assert found["is_stale"] is True
    assert found["lower_bounds"] == ["citedby"]


def test_no_id_of_an_earlier_file_ever_vanishes(make, files):
    before = files(make.snapshot())
    after = files(make.snapshot(make.author(works=())), before)
    assert data(after)["publications"] == data(before)["publications"]
    again = files(make.snapshot(make.author(works=())), after)
    assert again == after


def test_the_same_figures_give_the_same_bytes_again(make, files):
    stray = {
        "scholar_id": make.USER,
        "publications": {"z": {"num_citations": 1}, "a": {"num_citations": 2}},
    }
    first = files(make.snapshot(), {"gs_data.json": json.dumps(stray).encode()})
    assert list(data(first)["publications"])[-2:] == ["z", "a"]
    assert files(make.snapshot(), first) == first
    assert files(make.snapshot()) == files(make.snapshot())


def test_the_file_of_the_old_crawler_is_carried_over_unchanged(make, files):
    paper = {
        "container_type": "Publication",
        "bib": {"title": "Old <b>", "pub_year": "2019"},
        "author_pub_id": f"{make.USER}:old",
        "num_citations": 12,
        "cites_id": ["1"],
    }
    old = {"scholar_id": make.USER, "publications": {f"{make.USER}:old": paper}}
    found = files(make.snapshot(), {"gs_data.json": json.dumps(old).encode()})
    assert data(found)["publications"][f"{make.USER}:old"] == paper
    assert data(found, "authors/me/gs_data.json") == data(found)


def test_a_known_number_is_not_replaced_by_an_earlier_one(make, files):
    key = f"{make.USER}:one_________"
    old = {"scholar_id": make.USER, "publications": {key: {"num_citations": 1}}}
    found = files(make.snapshot(), {"gs_data.json": json.dumps(old).encode()})
    assert data(found)["publications"][key]["num_citations"] == 1000


def nobody(make):
    from pipeline.model import Author

    return make.author(author=Author(key="me", name="Ada Example", ids=("openalex:A1",)))


@pytest.mark.parametrize(
    ("theirs", "is_ours"),
    [
        ({"scholar_id": "AbCdEfGh_-AJ"}, True),
        ({"scholar_id": "SomebodyElse"}, False),
        ({"scholar_id": "SomebodyElse", "author_key": "me", "name": "Ada Example"}, False),
        ({"author_key": "me", "name": "Ada Example"}, True),
        ({"author_key": "me", "name": "Somebody Else"}, False),
        ({}, False),
    ],
    ids=str,
)
def test_another_persons_file_is_never_merged(make, files, theirs, is_ours):
    old = theirs | {"publications": {"theirs": {"num_citations": 99}}}
    found = files(make.snapshot(), {"gs_data.json": json.dumps(old).encode()})
    assert ("theirs" in data(found)["publications"]) is is_ours


@pytest.mark.parametrize(
    ("theirs", "is_ours"),
    [
        ({"author_key": "me"}, True),
        ({"author_key": "you"}, False),
        ({}, False),
        ({"scholar_id": "SomebodyElse"}, False),
    ],
    ids=str,
)
def test_without_a_scholar_id_our_own_key_tells_whose_file_it_is(make, files, theirs, is_ours):
    old = theirs | {"publications": {"theirs": {"num_citations": 99}}}
    found = files(make.snapshot(nobody(make)), {"gs_data.json": json.dumps(old).encode()})
    assert ("theirs" in data(found)["publications"]) is is_ours
    assert "scholar_id" not in data(found)


@pytest.mark.parametrize(
    "earlier",
    [
        b"",
        b"<html>404</html>",
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'{"scholar_id": "AbCdEfGh_-AJ"}',
        b'{"scholar_id": "AbCdEfGh_-AJ", "publications": []}',
        b"[" * 100_000,
        b'{"scholar_id": "AbCdEfGh_-AJ", "publications": {"a": ' + b"[" * 500 + b"]" * 500 + b"}}",
        *(
            b'{"scholar_id": "AbCdEfGh_-AJ", "publications": {"a": %s}}' % entry
            for entry in (
                b"5",
                b"{}",
                b'{"num_citations": null}',
                b'{"num_citations": NaN}',
                b'{"num_citations": 1.0}',
                b'{"num_citations": "1,023"}',
                b'{"num_citations": true}',
                b'{"num_citations": -1}',
                b'{"num_citations": 1, "x": [{"y": NaN}]}',
                b'{"num_citations": 1, "x": 1e999}',
                b'{"num_citations": 1, "x": ' + b"[" * 30 + b"]" * 30 + b"}",
            )
        ),
    ],
    ids=lambda text: ascii(text)[:60],
)
def test_a_damaged_earlier_file_harms_nothing(make, files, earlier):
    found = files(make.snapshot(), {"gs_data.json": earlier})
    assert found == files(make.snapshot())


def test_half_a_character_in_an_earlier_file_can_still_be_written(make, files):
    old = b'{"scholar_id": "AbCdEfGh_-AJ", "publications": {"a\\ud800": {"num_citations": 1}}}'
    assert "a?" in data(files(make.snapshot(), {"gs_data.json": old}))["publications"]


@pytest.mark.parametrize(
    "author",
    [{"shown": None, "metrics": ()}, {"metrics": ()}, {"metrics": "no citations"}],
    ids=str,
)
def test_nobody_with_unknown_figures_gets_a_file(make, files, author):
    if author.get("metrics"):
        author = {"metrics": (make.metrics(values={"h_index": 3}),)}
    found = files(make.snapshot(make.author(**author)))
    assert not [path for path in found if "gs_data" in path or "badges" in path or ".yml" in path]
    assert "metrics.json" in found


@pytest.mark.parametrize("title", HOSTILE, ids=ascii)
def test_a_hostile_title_is_text(make, files, title):
    work = make.work(title=title, counts=[make.count("openalex:W1", 1)])
    found = data(files(make.snapshot(make.author(works=(work,)))))["publications"]
    assert found["doi:10.1000/one"]["bib"]["title"] == title


def test_the_badge_is_as_the_crawler_writes_it(make, files):
    assert files(make.snapshot())["gs_data_shieldsio.json"] == (
        b'{"schemaVersion": 1, "label": "citations", "message": "1250"}'
    )


def test_the_badge_of_stale_figures_carries_their_month(make, files):
    found = files(make.snapshot(make.author(sources=(make.source(is_stale=True),))))
    assert json.loads(found["gs_data_shieldsio.json"])["message"] == "1250 (Mar 2026)"


def test_each_author_has_the_set_and_the_first_the_root(make, files):
    other = make.author("two", metrics=(make.metrics(values={"citations": 7}),))
    found = files(make.snapshot(make.author(), other))
    assert data(found)["citedby"] == data(found, "authors/me/gs_data.json")["citedby"] == 1250
    assert data(found, "authors/two/gs_data.json")["citedby"] == 7


def test_a_root_file_that_is_replaced_meanwhile_is_still_carried_over(make, tmp_path):
    from pipeline.model import Author
    from pipeline.writers import save, write

    second = make.author(
        "two", author=Author(key="two", name=None, ids=("google_scholar:SecondPerson",))
    )
    old = {
        "scholar_id": "SecondPerson",
        "publications": {"SecondPerson:pubpubpubpub": {"num_citations": 3}},
    }
    (tmp_path / "gs_data.json").write_text(json.dumps(old))

    def previous(path):
        file = tmp_path / path
        return file.read_bytes() if file.exists() else None

    save(write(make.snapshot(make.author(), second), previous=previous), tmp_path)
    found = json.loads((tmp_path / "authors/two/gs_data.json").read_bytes())
    assert "SecondPerson:pubpubpubpub" in found["publications"]
    assert b"SecondPerson:pubpubpubpub" in (tmp_path / "authors/two/citations.yml").read_bytes()
    assert b"SecondPerson" not in (tmp_path / "gs_data.json").read_bytes()
