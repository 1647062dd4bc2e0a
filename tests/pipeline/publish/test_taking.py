"""A machine without a history takes it from the branch."""

import json
import shutil

import pytest

from pipeline.errors import PublishRefused, StorageError
from pipeline.history import History
from pipeline.publish import take_history


@pytest.fixture
def empty(desk, make_desk, tools):
    """A second machine with nothing but the configuration; returns it and its take."""
    desk.publish()
    two = make_desk("two")
    shutil.rmtree(two.output)
    text = tools.text + f'[publish]\nrepository = "{desk.remote}"\n'

    def take(**more):
        return take_history(two.config(text=text), base=two.root, environ=two.environ, **more)

    two.take = take
    return two


def test_history_and_ids_come_from_the_branch(desk, empty):
    taken = empty.take()
    assert (taken.commit, taken.runs, taken.problems) == (desk.log()[0], 1, ())
    assert taken.outputs == ("authors/ada/gs_data.json", "gs_data.json")
    theirs = History(desk.output / "history")
    ours = History(empty.output / "history")
    assert ours.runs() == theirs.runs()
    assert ours.states() == theirs.states()
    assert ours.verify() == []
    assert (empty.output / "gs_data.json").read_bytes() == desk.shown("gs_data.json")


def test_where_a_history_is_nothing_is_asked(desk, empty):
    empty.take()
    shutil.rmtree(desk.remote)
    assert empty.take() is None


def test_without_a_configured_repository_nothing_is_asked(empty):
    assert take_history(empty.config(), base=empty.root, environ=empty.environ) is None


def test_without_a_branch_there_is_nothing_to_take(desk, empty, tools):
    tools.git("update-ref", "-d", f"refs/heads/{tools.branch}", cwd=desk.remote)
    taken = empty.take()
    assert (taken.commit, taken.runs, taken.outputs) == (None, 0, ())


def test_outputs_that_are_here_are_kept(empty):
    empty.write("gs_data.json", {"citedby": 1})
    assert empty.take().outputs == ("authors/ada/gs_data.json",)
    assert json.loads((empty.output / "gs_data.json").read_text()) == {"citedby": 1}


def test_what_is_damaged_on_the_branch_is_named_and_the_rest_taken(desk, empty):
    desk.other({"history/state/records.parquet": "damaged"})
    taken = empty.take()
    assert taken.runs == 1
    assert any("state/records.parquet" in p for p in taken.problems)


def test_a_history_of_which_nothing_can_be_read_is_refused(desk, empty):
    names = [n for n in desk.tree() if n.startswith("history/")]
    desk.other(dict.fromkeys(names, "damaged"))
    with pytest.raises(StorageError):
        empty.take()
    assert not (empty.output / "history/manifest.json").exists()


def test_another_persons_branch_is_refused(desk, empty):
    desk.other({"gs_data.json": json.dumps({"scholar_id": "OTHERpersonJ"})})
    with pytest.raises(PublishRefused, match="another person"):
        empty.take()
    assert not empty.output.exists()


def test_a_branch_that_cannot_be_reached_is_refused(desk, empty):
    shutil.rmtree(desk.remote)
    with pytest.raises(PublishRefused):
        empty.take()
