"""Publishing to bare repositories: what lands on the branch, and what is left alone."""

import json
import os
from datetime import timedelta

import pytest

from pipeline.errors import ConfigError, Locked, StorageError
from pipeline.history import History
from pipeline.publish import Kind


def test_the_first_publication_makes_the_branch_as_an_orphan(desk, tools):
    done = desk.publish()
    assert desk.log() == [done.commit]
    assert {o.kind for o in done.operations} == {Kind.ADD}
    assert tools.git("log", "-1", "--format=%an <%ae>%n%s", tools.branch, cwd=desk.remote) == (
        "Ada Sample <ada@example.org>\ncitations 410, h-index 9, i10-index 8"
    )
    desk.fsck()


def test_the_branch_holds_the_outputs_byte_for_byte_at_its_root(desk):
    desk.publish()
    tree = desk.tree()
    for name, data in tree.items():
        assert data == (desk.output / name).read_bytes(), name
    left = {str(p.relative_to(desk.output)) for p in desk.output.rglob("*") if p.is_file()}
    assert left - set(tree) <= {"history/.lock"}


def test_nothing_but_the_catalogue_leaves_the_machine(desk):
    for name in ("notes.txt", ".env", "badges/ada/.secret", "authors/ada/mail.txt", "sub/x.json"):
        desk.write(name, "private")
    desk.write("history/notes.parquet", "private")
    desk.publish()
    assert b"private" not in b"".join(desk.tree().values())


def test_nothing_changed_is_no_commit(desk):
    first = desk.publish()
    done = desk.publish()
    assert (done.commit, done.operations, done.changed) == (None, (), ())
    assert desk.log() == [first.commit]


def test_a_run_without_news_is_no_commit_and_is_one_after_a_week(desk):
    first = desk.publish()
    desk.run_again()
    desk.refresh()
    desk.now += timedelta(days=6)
    assert desk.publish().commit is None
    desk.now += timedelta(days=2)
    done = desk.publish()
    assert desk.log() == [done.commit, first.commit]
    assert "run.json" in {o.path for o in done.operations}
    assert done.message == "citations 410, h-index 9, i10-index 8"


def test_a_week_without_any_run_is_no_commit(desk):
    desk.publish()
    desk.now += timedelta(days=30)
    assert desk.publish().commit is None


def test_a_new_figure_is_a_commit_on_top_that_says_so(desk, tools):
    first = desk.publish()
    desk.cite(415)
    done = desk.publish()
    assert desk.log() == [done.commit, first.commit]
    subject = tools.git("log", "-1", "--format=%s", tools.branch, cwd=desk.remote)
    assert subject == "citations 410 -> 415, h-index 9, i10-index 8"
    assert {(c.path, c.old, c.new) for c in done.changed} == {
        ("badges/ada/citations.json", "410", "415"),
        ("gs_data_shieldsio.json", "410", "415"),
    }


def test_files_of_others_survive(desk):
    desk.publish()
    theirs = desk.other({"README.md": "mine", "CNAME": "example.org", "docs/ünïcode x.md": "x"})
    desk.cite(415)
    done = desk.publish()
    assert desk.log()[:2] == [done.commit, theirs]
    tree = desk.tree()
    assert (tree["README.md"], tree["CNAME"]) == (b"mine", b"example.org")
    assert tree["docs/ünïcode x.md"] == b"x"


def test_a_badge_that_is_no_longer_made_stays_on_the_branch(desk):
    desk.publish()
    (desk.output / "badges/ada/g_index.json").unlink()
    desk.cite(415)
    desk.publish()
    assert "badges/ada/g_index.json" in desk.tree()


def test_ids_that_the_branch_names_are_carried_over(desk):
    desk.publish()
    data = json.loads(desk.shown("gs_data.json"))
    data["publications"]["SAMPLEadaAAJ:theirOwnIdC"] = {"num_citations": 7}
    desk.other({"gs_data.json": json.dumps(data)})
    desk.cite(415)
    desk.publish()
    found = json.loads(desk.shown("gs_data.json"))
    assert found["publications"]["SAMPLEadaAAJ:theirOwnIdC"] == {"num_citations": 7}
    assert found["citedby"] == 415
    assert desk.publish().commit is None


def test_ids_of_an_author_s_own_file_are_carried_to_the_root(desk):
    desk.publish()
    name = "authors/ada/gs_data.json"
    data = json.loads(desk.shown(name))
    data["publications"]["SAMPLEadaAAJ:theirOwnIdC"] = {"num_citations": 7}
    desk.other({name: json.dumps(data)})
    desk.publish()
    for path in ("gs_data.json", name):
        assert "SAMPLEadaAAJ:theirOwnIdC" in json.loads(desk.shown(path))["publications"]


def test_a_page_made_by_the_theme_s_own_crawler_is_taken_over(desk):
    entry = {"num_citations": 3, "author_pub_id": "SAMPLEadaAAJ:oldC"}
    old = {
        "scholar_id": "SAMPLEadaAAJ",
        "citedby": 400,
        "publications": {"SAMPLEadaAAJ:oldC": entry},
    }
    desk.other({"gs_data.json": json.dumps(old)})
    done = desk.publish()
    assert "citations 400 -> 410" in done.message
    assert json.loads(desk.shown("gs_data.json"))["publications"]["SAMPLEadaAAJ:oldC"] == entry


@pytest.mark.parametrize(
    "theirs",
    [
        {"scholar_id": "OTHERpersonJ", "name": "Some Body"},
        {"scholar_id": "OTHERpersonJ", "author_key": "ada"},
        {"author_key": "bob", "name": "Bob"},
        {"author_key": "ada", "name": "Ada Another"},
    ],
)
def test_another_persons_branch_is_refused_with_the_way_out(desk, tools, theirs):
    there = desk.other({"gs_data.json": json.dumps(theirs | {"citedby": 99})})
    text = desk.refused()
    assert "another person" in text
    assert "--branch OTHER" in text
    assert f"git push origin --delete {tools.branch}" in text
    assert desk.log() == [there]
    assert desk.publish(branch="other").commit


@pytest.mark.parametrize("theirs", ["<html>", "[]", '{"citedby": 0, "publications": {}}'])
def test_a_stub_that_is_nobodys_is_replaced(desk, theirs):
    desk.other({"gs_data.json": theirs})
    assert desk.publish().commit


def test_a_dry_run_changes_nothing_anywhere(desk):
    desk.publish()
    desk.cite(415)
    before = {p: p.read_bytes() for p in desk.root.rglob("*") if p.is_file()}
    log = desk.log()
    done = desk.publish(dry_run=True)
    assert done.commit is None
    assert {o.path for o in done.operations} == {
        "gs_data.json",
        "gs_data_shieldsio.json",
        "badges/ada/citations.json",
    }
    assert {(c.old, c.new) for c in done.changed} == {("410", "415")}
    assert desk.log() == log
    assert before == {p: p.read_bytes() for p in desk.root.rglob("*") if p.is_file()}


def test_a_dry_run_needs_no_history_and_no_branch(desk):
    assert desk.publish(dry_run=True, config=desk.config('history = "none"\n')).operations
    assert desk.log() == []


def test_two_machines_with_diverged_histories_lose_no_run(make_desk, tmp_path):
    one, two = make_desk("one"), make_desk("two")
    one.refresh()
    two.refresh()
    runs = {r.run_id for d in (one, two) for r in History(d.output / "history").runs()}
    one.cite(411)
    one.publish()
    two.cite(412)
    before = {p: p.read_bytes() for p in two.root.rglob("*") if p.is_file()}
    two.publish(dry_run=True)
    assert before == {p: p.read_bytes() for p in two.root.rglob("*") if p.is_file()}
    done = two.publish()
    assert any("took 1 runs" in note for note in done.notes)
    for name, data in two.tree().items():
        place = tmp_path / "copy" / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)
    copy = History(tmp_path / "copy" / "history")
    assert {r.run_id for r in copy.runs()} == runs
    assert len(runs) == 3
    assert not [p for p in copy.verify() if "left by" in p.what or "checksum" in p.what]


def test_a_machine_without_history_leaves_the_branchs_history_alone(make_desk):
    one, two = make_desk("one"), make_desk("two")
    one.publish()
    two.cite(415)
    done = two.publish(config=two.config('history = "none"\n'))
    assert not [o for o in done.operations if o.path.startswith("history/")]
    assert "history/manifest.json" in two.tree()


def test_files_that_the_history_has_replaced_go(desk, tmp_path):
    desk.publish()
    name = "history/changes/year=2025/month=01/joined.parquet"
    desk.other({name: "rows that lie in another file by now"})
    manifest = History(desk.output / "history")
    desk.cite(415)
    done = desk.publish()
    assert (Kind.REMOVE, name) in {(o.kind, o.path) for o in done.operations}
    assert name not in desk.tree()
    assert manifest.verify() == []


def test_files_of_a_history_that_holds_more_than_ours_stay(desk, make_desk):
    desk.refresh()
    desk.publish()
    two = make_desk("two")
    runs = [n for n in desk.tree() if n.startswith("history/runs/")]
    two.other(dict.fromkeys(runs, "damaged"))
    two.now += timedelta(hours=1)
    two.run_again()
    two.cite(415)
    assert two.publish().commit
    assert set(runs) <= set(two.tree())


def test_an_older_run_does_not_replace_the_figures_of_a_later_one(make_desk):
    one, two = make_desk("one"), make_desk("two")
    one.now += timedelta(hours=2)
    one.run_again()
    one.cite(500)
    one.publish()
    two.cite(405)
    two.write("badges/ada/papers/new.json", {"message": "1"})
    two.now += timedelta(hours=3)
    done = two.publish()
    assert any("later run" in note for note in done.notes)
    assert done.message == "citations 500, h-index 9, i10-index 8"
    assert json.loads(two.shown("gs_data.json"))["citedby"] == 500
    assert "badges/ada/papers/new.json" in two.tree()


def test_a_run_from_the_future_does_not_block_the_branch_for_ever(make_desk):
    one, two = make_desk("one"), make_desk("two")
    one.now += timedelta(days=900)
    one.run_again()
    one.publish()
    two.cite(415)
    assert two.publish().commit
    assert json.loads(two.shown("gs_data.json"))["citedby"] == 415


def test_nothing_to_publish_says_what_to_run(desk):
    text = desk.refused(config=desk.config('output = "empty"\nhistory = "none"\n'))
    assert "scholar-metrics refresh" in text
    assert desk.log() == []


@pytest.mark.parametrize("name", ["gs_data.json", "badges", "authors/ada", "badges/ada/papers"])
def test_a_link_is_refused(desk, name):
    place = desk.output / name
    moved = desk.root / "moved"
    place.rename(moved)
    place.symlink_to(moved)
    assert f"{place} is a link" in desk.refused()
    assert desk.log() == []


def test_something_that_is_no_file_is_refused(desk):
    (desk.output / "works.csv").unlink()
    os.mkfifo(desk.output / "works.csv")
    assert "is no file" in desk.refused()


def test_a_file_that_cannot_be_read_is_named(desk, monkeypatch):
    real = os.open

    def failing(path, *args, **more):
        if str(path).endswith("works.csv"):
            raise OSError(5, "Input/output error")
        return real(path, *args, **more)

    monkeypatch.setattr(os, "open", failing)
    with pytest.raises(StorageError, match=r"works\.csv: Input/output error; mend that"):
        desk.publish()


def test_a_folder_that_cannot_be_read_is_named(desk, monkeypatch):
    real = os.scandir

    def failing(path):
        if str(path).endswith("badges"):
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", failing)
    with pytest.raises(StorageError, match="badges: Permission denied"):
        desk.publish()


def test_a_link_in_the_history_is_refused(desk):
    place = desk.output / "history/state/records.parquet"
    place.rename(desk.root / "moved")
    place.symlink_to(desk.root / "moved")
    assert f"{place} is a link" in desk.refused()


def test_while_a_run_holds_the_history_nothing_is_published(desk):
    with History(desk.output / "history").lock(), pytest.raises(Locked):
        desk.publish()
    assert desk.log() == []


def test_a_wrong_branch_name_is_a_matter_of_configuration(desk):
    with pytest.raises(ConfigError, match="no branch name"):
        desk.publish(branch="--force-me")
