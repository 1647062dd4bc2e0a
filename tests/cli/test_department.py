"""A department by the command: slices that are refreshed, a table of everybody, one exit code."""

import csv
import json

import pytest

PEOPLE = 24


def author(n):
    return {
        "id": f"https://openalex.org/A{n}",
        "display_name": f"Person {n}",
        "works_count": 2,
        "cited_by_count": 2 * n,
        "summary_stats": {"h_index": min(n, 2), "i10_index": 0},
    }


@pytest.fixture
def world(stand_in, reply):
    """OpenAlex with one author for each of the people, two works each."""

    def ids(asked):
        from urllib.parse import parse_qs, unquote, urlsplit

        query = parse_qs(urlsplit(unquote(asked.target)).query)
        return [int(i[1:]) for i in query["filter"][0].partition(":")[2].split("|")]

    def authors(asked):
        found = [author(n) for n in ids(asked)]
        return reply.json({"meta": {"count": len(found), "per_page": 100}, "results": found})

    def works(asked):
        found = [
            {
                "id": f"https://openalex.org/W{n}{part}",
                "title": f"A paper of several words, {n} and {part}",
                "cited_by_count": n,
                "authorships": [{"author": {"id": f"https://openalex.org/A{n}"}}],
            }
            for n in ids(asked)
            for part in (1, 2)
        ]
        return reply.json({"meta": {"count": len(found), "per_page": 100}, "results": found})

    routes = {"/authors": authors, "/works": works}
    return stand_in(
        routes | {f"/authors/A{n}": reply.json(author(n)) for n in range(1, PEOPLE + 1)}
    )


@pytest.fixture
def place(tmp_path, world):
    """A folder with a list of people and settings that lead to the stand-in."""
    rows = [f"p{n},Person {n},openalex:A{n}" for n in range(1, PEOPLE + 1)]
    (tmp_path / "people.csv").write_text("\n".join(["key,name,ids", *rows, ""]))
    (tmp_path / "settings.toml").write_text(
        "allow_private_hosts = true\n[badges]\npapers = false\nsvg = false\n"
        'metrics = ["citations", "h_index"]\n[report]\npages = false\n'
        f'[providers]\norder = ["openalex"]\n[providers.openalex]\nbase_url = "{world.url}"\n'
        "delay = 0\n"
    )
    return tmp_path


@pytest.fixture
def run(commands, place):
    def of(*args):
        settings = ("--settings", "settings.toml", "--slice-size", "12")
        return commands.run("department", "people.csv", *settings, *args, cwd=place)

    return of


def test_everybody_on_the_list_gets_badges_and_a_row(run, place, world):
    done = run("--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["slices"], told["stopped"], told["schema"]) == (2, None, 1)
    rows = list(csv.DictReader((place / "department" / "authors.csv").open()))
    assert sorted(r["key"] for r in rows) == sorted(f"p{n}" for n in range(1, PEOPLE + 1))
    row = next(r for r in rows if r["key"] == "p7")
    assert (row["citations"], row["provider"]) == ("14", "openalex")
    badges = place / "department" / row["folder"] / "badges" / "p7"
    assert sorted(p.name for p in badges.iterdir()) == ["citations.json", "h_index.json"]
    assert json.loads((badges / "citations.json").read_text())["message"] == "14"
    assert len(world.asked) == 4  # profiles and works of each slice

    again = run()
    assert again.returncode == 0
    assert "2 of 2 slices asked" in again.stdout
    assert again.stdout.splitlines()[1].split() == ["unchanged", str(PEOPLE)]


def test_the_plan_of_all_slices_is_shown_before_the_first_call(run, world):
    told = json.loads(run("--plan", "--json").stdout)
    (openalex,) = told["plan"]["providers"]
    assert (told["slices"], openalex["authors"], openalex["unknown"]) == (2, PEOPLE, PEOPLE)
    assert world.asked == []
    assert run("--slice", "0").returncode == 0
    known = json.loads(run("--plan", "--json", "--anew").stdout)
    assert known["plan"]["providers"][0]["unknown"] < PEOPLE
    shown = run("--plan")
    assert shown.returncode == 0
    assert "1 of 2 slices are to be asked" in shown.stdout


def test_every_other_command_works_on_a_slice(run, place, commands):
    assert run("--slice", "0").returncode == 0
    config = place / "department" / "0000" / "scholar-metrics.toml"
    status = commands.run("status", "--config", str(config), "--json", cwd=place)
    assert json.loads(status.stdout)["schema"] == 1
    assert not (place / "department" / "0001" / "output").exists()


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("--slice", "7"), "--slice 7: there is no such slice; there are 2"),
        (("--settings", "nothing.toml"), "--settings nothing.toml: cannot be read"),
    ],
)
def test_a_wrong_option_is_one_line_and_exit_code_2(run, args, said):
    done = run(*args)
    assert done.returncode == 2
    assert said in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_two_rounds_at_once_are_refused(run, place):
    from pipeline.history.lock import Lock

    with Lock(place / "department").hold():
        done = run()
    assert done.returncode == 5
    assert "another run" in done.stderr
