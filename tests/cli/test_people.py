"""Several profiles as one person, and a profile with other people's papers: whole runs."""

import json

import pytest

TEN = tuple(f"openalex:A91000000{n:02d}" for n in range(10))
TOPICS = ("ants", "bees", "cats", "dogs", "elks", "foxes", "goats", "hens", "ibexes", "jays")


def work(number, *, count, name="Ada Sample", **more):
    return {
        "id": f"https://openalex.org/W91000000{number:02d}",
        "title": f"On the small bones of {TOPICS[number % 10]} volume {number}",
        "publication_year": 2020,
        "doi": f"https://doi.org/10.5555/bones.{number}",
        "cited_by_count": count,
        "authorships": [{"author": {"display_name": name}}],
    } | more


def profile(home, number, works, *, name="Ada Sample"):
    """One of the ids that OpenAlex keeps of the person, with its own works."""
    own = TEN[number].removeprefix("openalex:")
    total = sum(w["cited_by_count"] for w in works)
    counts = sorted((w["cited_by_count"] for w in works), reverse=True)
    person = {
        "id": f"https://openalex.org/{own}",
        "display_name": name,
        "works_count": len(works),
        "cited_by_count": total,
        "summary_stats": {
            "h_index": sum(c >= rank for rank, c in enumerate(counts, 1)),
            "i10_index": sum(c >= 10 for c in counts),
        },
    }
    listed = {"meta": {"count": len(works), "next_cursor": None}, "results": works}
    folder = home.pages("openalex")
    (folder / f"{own}.json").write_text(json.dumps(person))
    (folder / f"{own}.works.json").write_text(json.dumps(listed))
    home.answer(
        "openalex",
        {"path": f"/authors/{own}", "body": f"{own}.json"},
        {"path": "/works", "query": {"filter": f"author.id:{own}"}, "body": f"{own}.works.json"},
    )


def split(home):
    """Ten profiles: two papers each, one of them a preprint of what the next profile publishes."""
    for number in range(10):
        preprint = work(
            number + 50,
            count=number,
            title=work(number, count=0)["title"],
            doi=f"https://doi.org/10.48550/arxiv.2001.{number:05d}",
        )
        profile(home, (number + 1) % 10, [work(number, count=10 * number), preprint])


def source(home):
    return home.read("metrics.json")["authors"][0]["sources"]["openalex"]


def test_a_person_over_ten_ids_is_one_person(home):
    split(home)
    home.configure("openalex", ids=TEN)
    result = home.run("refresh")
    assert (result.returncode, result.stderr) == (0, "")
    found = source(home)
    assert (found["stated"]["papers"], found["resolved"]["papers"]) == (20, 10)
    assert found["stated"]["citations"] == sum(range(10)) + sum(range(0, 100, 10))
    assert found["resolved"]["citations"] == sum(range(0, 100, 10))
    assert found["resolved"]["h_index"] == 9
    assert (found["rule"], found["provider_states"]) == ("max", [])
    assert home.read("gs_data.json")["citedby"] == found["stated"]["citations"]
    (told,) = home.json("explain", "doi:10.5555/bones.7")["works"]
    assert {c["cited_by_count"] for c in told["counts"]} == {70, 7}
    assert [m["rule"] for m in told["merges"]] == ["title"]


def grown(home, *, name="Ada Sample"):
    """A first night with one small profile; then a large one is found."""
    profile(home, 0, [work(n, count=2) for n in range(3)])
    profile(home, 1, [work(n, count=200) for n in range(3, 9)], name=name)
    home.configure("openalex", ids=TEN[:1])
    assert home.run("refresh").returncode == 0
    home.configure("openalex", ids=TEN[:2])


def test_the_first_night_with_a_second_id_is_believed_and_says_why(home):
    grown(home)
    result = home.run("refresh")
    assert result.returncode == 0, result.stderr
    assert f"note: jump: citations 6 before, 1206 now; {TEN[1]} added to" in result.stderr
    assert home.read("gs_data.json")["citedby"] == 1206
    again = home.run("refresh")
    assert (again.returncode, again.stderr) == (0, "")


def test_an_id_taken_out_takes_its_papers_along_the_same_night(home):
    grown(home)
    assert home.run("refresh").returncode == 0
    home.configure("openalex", ids=TEN[:1])
    result = home.run("refresh")
    assert result.returncode == 0, result.stderr
    assert f"note: vanished: 6 of 9 known papers are missing; {TEN[1]} taken out" in result.stderr
    assert home.read("gs_data.json")["citedby"] == 6


def test_a_second_id_of_somebody_else_is_refused_until_accepted(home):
    grown(home, name="Bob Other")
    result = home.run("refresh")
    assert result.returncode == 4
    assert f"person: {TEN[1]} is “Bob Other”'s, and “Ada Sample” is followed" in result.stderr
    assert home.read("gs_data.json")["citedby"] == 6
    assert home.run("refresh", "--accept").returncode == 0
    assert home.run("refresh").returncode == 0
    assert home.read("gs_data.json")["citedby"] == 1206


def test_another_id_altogether_waits_as_any_great_change_does(home):
    grown(home)
    home.configure("openalex", ids=TEN[1:2])
    result = home.run("refresh")
    assert result.returncode == 4
    assert "jump: citations 6 before, 1200 now; held back" in result.stderr
    assert home.read("gs_data.json")["citedby"] == 6


@pytest.fixture
def merged(home):
    """A profile into which the provider put a namesake's papers; the homepage knows better."""
    own = [work(n, count=5) for n in range(3)]
    profile(home, 0, [*own, *(work(n, count=90, name="Ada B. Sample") for n in range(4, 8))])
    folder = home.root / "providers" / "homepage"
    folder.mkdir(parents=True)
    entries = "".join(
        f"<li><a href='https://doi.org/10.5555/bones.{n}'>{w['title']}</a><br>Ada Sample</li>"
        for n, w in enumerate(own)
    )
    hidden = "<a href='https://arxiv.org/abs/2404.00004'>A secret piece of work on bones</a>"
    page = f"<ul>{entries}</ul><!-- <ul><li>{hidden}<br>Ada Sample</li></ul> -->"
    (folder / "me.html").write_text(f"<html><title>Ada Sample</title>{page}</html>")
    (folder / "routes.json").write_text(json.dumps([{"path": "/me", "body": "me.html"}]))
    home.serve("homepage", folder)
    return home


def test_a_profile_with_other_peoples_papers_is_cut_by_the_persons_own_list(merged):
    ids = (TEN[0], "homepage:https://ada.example.org/me")
    merged.configure("openalex", "homepage", ids=ids)
    path = merged.root / "scholar-metrics.toml"
    text = path.read_text().replace("[providers]", 'own_list = ["homepage"]\n[providers]', 1)
    path.write_text(text.replace("allow_private", 'figures = "resolved"\nallow_private', 1))
    result = merged.run("refresh")
    assert result.returncode == 0, result.stderr
    person = merged.read("metrics.json")["authors"][0]
    assert (person["works"], person["others"]) == (3, 4)
    assert person["sources"]["openalex"]["stated"]["citations"] == 15 + 360
    assert person["sources"]["openalex"]["resolved"]["citations"] == 15
    assert merged.read("gs_data.json")["citedby"] == 15
    (theirs,) = merged.json("explain", "doi:10.5555/bones.5")["works"]
    assert theirs["is_on_own_list"] is False
    assert "own_list" in merged.run("explain", "doi:10.5555/bones.5").stdout
    (own,) = merged.json("explain", "doi:10.5555/bones.1")["works"]
    assert own["is_on_own_list"] is True


def test_a_paper_that_stands_in_a_comment_alone_is_in_no_file(merged):
    merged.configure("openalex", "homepage", ids=(TEN[0], "homepage:https://ada.example.org/me"))
    assert merged.run("refresh").returncode == 0
    files = {n: d for n, d in merged.files().items() if not n.endswith(".parquet")}
    assert [
        name for name, data in files.items() if b"secret" in data or b"2404.00004" in data
    ] == []
    assert merged.read("metrics.json")["authors"][0]["works"] == 7


def test_a_group_has_its_own_files_and_a_line_of_its_own(home):
    home.configure("openalex", extra='[[groups]]\nkey = "lab"\nname = "Lab"\nmembers = ["ada"]\n')
    result = home.run("refresh")
    assert result.returncode == 0, result.stderr
    (line,) = [x for x in result.stdout.splitlines() if x.startswith("group ")]
    assert line.startswith("group lab: 274 citations, h-index 7, 14 papers of 1 members")
    assert home.read("badges/lab/citations.json")["message"] == "274"
    (group,) = home.read("groups/lab/metrics.json")["groups"]
    assert group["of_members"]["counted"] == 1
    assert home.read("groups/lab/gs_data.json")["citedby"] == 274
