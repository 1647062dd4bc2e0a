"""`refresh` when things go wrong: what is known stays, and the exit code and one line say why."""

import json
import os
import re

import pytest

ALL = ("google_scholar", "openalex", "semantic_scholar")
SORRY = {"path": "/citations", "status": 403, "body": "not_found.html"}


def outcomes(run):
    return {o["provider"]: o["kind"] for o in run["outcomes"]}


def test_everything_fresh_is_zero(home):
    home.configure(*ALL)
    result = home.run("refresh")
    assert (result.returncode, result.stderr) == (0, "")
    assert set(outcomes(home.read("run.json")).values()) == {"fresh"}


def test_a_blocked_provider_is_partial_and_asked_once(home):
    home.answer("google_scholar", SORRY)
    home.configure(*ALL)
    result = home.run("refresh")
    assert result.returncode == 1
    assert "ada, google_scholar: blocked: " in result.stderr
    assert outcomes(home.read("run.json"))["google_scholar"] == "blocked"
    asked = [r.target for r in home.running["google_scholar"].requests]
    assert len([t for t in asked if t.startswith("/citations")]) == 1
    assert home.read("gs_data.json")["citedby"] == 291


def test_a_badge_does_not_switch_providers_when_its_own_is_blocked_later(home):
    home.configure(*ALL)
    assert home.run("refresh").returncode == 0
    before = home.files()
    home.answer("google_scholar", SORRY)
    home.configure(*ALL)
    assert home.run("refresh").returncode == 1
    assert home.read("gs_data.json")["citedby"] == 410
    assert home.files() == before


@pytest.mark.parametrize("answer", ["blocked", "gone", "broken"])
def test_nothing_fresh_is_three_and_keeps_every_file(home, answer):
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    before = home.files()
    if answer == "blocked":
        home.answer("google_scholar", SORRY)
        home.configure("google_scholar")
    elif answer == "broken":
        page = home.pages("google_scholar") / "profile.html"
        page.write_bytes(page.read_bytes().replace(b"gsc_rsb_std", b"gsc_rsb_new"))
        home.configure("google_scholar")
    else:
        home.stop("google_scholar")
    result = home.run("refresh")
    assert result.returncode == 3, result.stderr
    kind = {"blocked": "blocked", "gone": "offline", "broken": "layout_changed"}[answer]
    assert f"ada, google_scholar: {kind}: " in result.stderr
    assert home.files() == before


def test_an_unknown_is_never_a_zero_on_a_first_run_that_fails(home):
    home.answer("google_scholar", SORRY)
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 3
    assert not [n for n in home.files() if "badges" in n or n.startswith("gs_data")]


def test_a_page_of_another_person_is_refused_and_changes_nothing(home):
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    before = home.files()
    page = home.pages("google_scholar") / "profile.html"
    page.write_bytes(page.read_bytes().replace(b"SAMPLEadaAAJ", b"SAMPLEbobAAJ"))
    home.configure("google_scholar")
    result = home.run("refresh")
    assert result.returncode == 4, result.stderr
    assert "refused: identity: asked for google_scholar:SAMPLEadaAAJ" in result.stderr
    assert home.files() == before


def test_totals_that_contradict_the_list_are_refused_until_accepted(home):
    page = home.pages("google_scholar") / "profile.html"
    page.write_bytes(re.sub(rb">410<", b">411<", page.read_bytes()))
    home.configure("google_scholar")
    result = home.run("refresh")
    assert result.returncode == 4
    assert "411 stated, 410 recomputed" in result.stderr
    assert not (home.output / "gs_data.json").exists()
    assert home.run("refresh", "--accept").returncode == 0
    assert home.read("gs_data.json")["citedby"] == 411


def cleaned(home, *, less):
    """The profile with its first paper's count, and its total, lowered."""
    page = home.pages("google_scholar") / "profile.html"
    text = page.read_text()
    before = re.search(r">(\d+)</a></td>", text[text.index("smplPaper01C") :])
    assert before
    count, total = int(before.group(1)), 410
    text = text.replace(f">{count}</a>", f">{count - less}</a>", 1)
    page.write_text(text.replace(f">{total}<", f">{total - less}<"))
    home.configure("google_scholar")


def test_a_great_fall_is_believed_when_three_runs_in_a_row_say_so(home):
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    before = home.files()
    cleaned(home, less=100)
    for number in (1, 2):
        result = home.run("refresh")
        assert result.returncode == 4, result.stderr
        assert "drop: citations 410 before, 310 now; held back" in result.stderr
        assert f"(this is number {number})" in result.stderr
        assert home.files() == before
    result = home.run("refresh")
    assert result.returncode == 0, result.stderr
    assert home.read("gs_data.json")["citedby"] == 310


def test_a_night_without_an_answer_does_not_begin_the_waiting_anew(home):
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    cleaned(home, less=100)
    assert [home.run("refresh").returncode for _ in range(2)] == [4, 4]
    home.stop("google_scholar")
    assert home.run("refresh").returncode == 3
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    assert home.read("gs_data.json")["citedby"] == 310


def test_an_answer_that_is_believed_ends_the_waiting(home):
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    sound = (home.pages("google_scholar") / "profile.html").read_text()
    cleaned(home, less=100)
    assert [home.run("refresh").returncode for _ in range(2)] == [4, 4]
    (home.pages("google_scholar") / "profile.html").write_text(sound)
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    cleaned(home, less=100)
    assert home.run("refresh").returncode == 4
    assert home.read("gs_data.json")["citedby"] == 410


def test_zero_totals_beside_papers_are_flagged_and_not_published(home):
    home.configure("semantic_scholar")
    assert home.run("refresh").returncode == 0
    before = home.files()
    path = home.pages("semantic_scholar") / "author.json"
    author = json.loads(path.read_text())
    path.write_text(json.dumps(author | {"paperCount": 0, "citationCount": 0, "hIndex": 0}))
    home.configure("semantic_scholar")
    result = home.run("refresh")
    assert result.returncode == 4, result.stderr
    assert "totals of 0 stated" in result.stderr
    assert home.files() == before


def test_a_paper_that_a_page_once_named_stays_in_gs_data(home):
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    page = home.pages("google_scholar") / "profile.html"
    text = page.read_text()
    row = re.search(r'<tr class="gsc_a_tr">(?:(?!</tr>).)*smplPaper14C.*?</tr>', text, re.DOTALL)
    assert row
    page.write_text(text.replace(row.group(0), ""))
    home.configure("google_scholar")
    home.run("refresh", "--accept")
    assert "SAMPLEadaAAJ:smplPaper14C" in home.read("gs_data.json")["publications"]


def test_a_saved_page_is_read_instead_of_asking(home):
    home.configure("google_scholar")
    page = home.pages("google_scholar") / "profile.html"
    home.stop("google_scholar")
    result = home.run("refresh", "--from-html", str(page))
    assert result.returncode == 0, result.stderr
    assert home.read("gs_data.json")["citedby"] == 410


def test_a_saved_page_must_be_one_authors(home):
    home.configure(*ALL)
    page = home.pages("google_scholar") / "profile.html"
    args = ("refresh", "--from-html", str(page))
    result = home.run(*args, "--provider", "openalex", "--provider", "google_scholar")
    assert result.returncode == 2
    assert "--author KEY" in result.stderr


def test_only_the_named_provider_is_asked(home):
    home.configure(*ALL)
    assert home.run("refresh", "--provider", "openalex").returncode == 0
    assert outcomes(home.read("run.json")) == {"openalex": "fresh"}
    assert home.running["google_scholar"].requests == ()


def test_output_may_go_elsewhere(home):
    home.configure("google_scholar")
    assert home.run("refresh", "--output", "other").returncode == 0
    assert (home.root / "other" / "gs_data.json").is_file()
    assert not home.output.exists()


def test_an_output_that_cannot_be_written_is_five_and_one_line(home):
    home.configure("google_scholar")
    home.output.write_text("a file where the folder should be")
    result = home.run("refresh")
    assert result.returncode == 5
    assert result.stderr.count("\n") == 1
    home.output.unlink()
    assert home.run("refresh").returncode == 0
    assert home.read("gs_data.json")["citedby"] == 410


def test_a_damaged_history_file_is_named_and_the_rest_goes_on(home):
    home.configure("google_scholar")
    assert home.run("refresh").returncode == 0
    path = home.root / "kept" / "state" / "records.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(bytes(data))
    result = home.run("refresh")
    assert result.returncode == 5
    assert "records.parquet" in result.stderr
    assert home.read("gs_data.json")["citedby"] == 410
    assert home.run("refresh").returncode == 0


def test_a_private_address_is_refused_unless_configured(home):
    home.configure("google_scholar")
    path = home.root / "scholar-metrics.toml"
    path.write_text(path.read_text().replace("allow_private_hosts = true\n", ""))
    result = home.run("refresh")
    assert result.returncode == 3
    assert "allow_private_hosts" in result.stderr
    assert home.running["google_scholar"].requests == ()


def test_a_key_is_sent_and_never_written(home):
    home.configure("openalex", "semantic_scholar")
    canary = "canary-4f1d-9b77-secret"
    env = {**os.environ, "OPENALEX_API_KEY": canary, "SEMANTIC_SCHOLAR_API_KEY": canary}
    result = home.run("-vv", "refresh", env=env)
    assert result.returncode == 0, result.stderr
    sent = [r.headers for p in ("openalex", "semantic_scholar") for r in home.running[p].requests]
    assert sent
    assert all(canary in json.dumps(dict(headers)) for headers in sent)
    assert canary not in result.stdout + result.stderr
    written = [p for p in home.root.rglob("*") if p.is_file()]
    assert not [p for p in written if canary.encode() in p.read_bytes()]


def test_with_json_stdout_is_one_document(home):
    home.answer("google_scholar", SORRY)
    home.configure(*ALL)
    result = home.run("refresh", "--json")
    document = json.loads(result.stdout)
    assert document["exit_code"] == result.returncode == 1
    found = {o["provider"]: o["kind"] for o in document["outcomes"]}
    assert found["google_scholar"] == "blocked"
    figures = {row["provider"]: row["stated"]["citations"] for row in document["figures"]}
    assert figures == {"openalex": 291, "semantic_scholar": 327}


def test_resolved_figures_are_shown_when_asked_for(home):
    home.configure("openalex", extra='figures = "resolved"')
    assert home.run("refresh").returncode == 0
    assert home.read("gs_data.json")["hindex"] == 7
    assert home.read("metrics.json")["authors"][0]["sources"]["openalex"]["stated"]["h_index"] == 8
