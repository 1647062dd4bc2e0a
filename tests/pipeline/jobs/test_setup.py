"""The configuration of a job: the repository's own file, or one made from two inputs."""

from pathlib import Path

import pytest

from pipeline.errors import ConfigError, StorageError
from pipeline.jobs.setup import Inputs, prepare

REPOSITORY = "https://github.com/ada/ada.github.io"
OWN = """\
output = "out"  # ours

[[authors]]
key = "ada"
ids = ["openalex:A5023888391"]

[[authors]]
key = "bob"
ids = ["google_scholar:LZ5D_p4AAAAJ"]
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "scholar-metrics.toml"


def test_two_ids_are_enough(path):
    inputs = Inputs(path=path, authors="LZ5D_p4AAAAJ, 0000-0002-1825-0097")
    setup = prepare(inputs, repository=REPOSITORY)
    assert setup.path == path
    (author,) = setup.config.authors
    assert author.ids == ["orcid:0000-0002-1825-0097", "google_scholar:LZ5D_p4AAAAJ"]
    assert setup.config.providers.order == ["openalex", "google_scholar"]
    assert setup.config.publish.repository == REPOSITORY
    assert setup.config.output == path.parent / "output"
    assert setup.authors == ()


def test_providers_can_reach_whoever_runs_it(path):
    setup = prepare(Inputs(path=path, authors="2262347"), repository=REPOSITORY)
    assert setup.config.contact == REPOSITORY


def test_contact_and_branch_are_taken_as_text(path):
    inputs = Inputs(path=path, authors="2262347", contact='a"b\\c@x.org', branch="data/stats")
    setup = prepare(inputs, repository=None)
    assert setup.config.contact == 'a"b\\c@x.org'
    assert setup.config.publish.branch == "data/stats"
    assert setup.config.publish.repository is None


@pytest.mark.parametrize("inputs", [{"contact": "a\nb"}, {"branch": "$(id)"}, {"branch": "-f"}])
def test_inputs_that_the_configuration_refuses_are_refused_here(path, inputs):
    with pytest.raises(ConfigError, match=r"^(the inputs|branch): ") as error:
        prepare(Inputs(path=path, authors="2262347", **inputs), repository=None)
    assert "\n" not in str(error.value)
    assert not path.exists()


def test_neither_a_file_nor_ids_says_what_to_do(path):
    with pytest.raises(ConfigError, match="no such file, and no author ids: commit the file"):
        prepare(Inputs(path=path), repository=REPOSITORY)


@pytest.mark.parametrize("name", ["folder", "a b$(touch pwned)", "no/such/folder.toml", "x\ny"])
def test_a_path_that_can_be_no_configuration_is_refused(tmp_path, name):
    with pytest.raises(ConfigError, match="is no file"):
        prepare(Inputs(path=tmp_path / name, authors="2262347"), repository=None)


def test_a_folder_that_cannot_be_written_is_a_storage_error(tmp_path, monkeypatch):
    def full(*args, **kwargs):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(StorageError, match="No space left"):
        prepare(Inputs(path=tmp_path / "a.toml", authors="2262347"), repository=None)


def test_the_repositorys_own_file_is_not_changed(path):
    path.write_text(OWN)
    setup = prepare(Inputs(path=path, branch="stats"), repository=REPOSITORY)
    assert path.read_text() == OWN
    assert setup.path == path
    assert setup.config.publish.repository == REPOSITORY
    assert setup.config.publish.branch == "stats"
    assert setup.config.output == path.parent / "out"


def test_a_repository_that_the_file_names_counts(path):
    path.write_text(OWN + '[publish]\nrepository = "elsewhere"\n')
    setup = prepare(Inputs(path=path), repository=REPOSITORY)
    assert setup.config.publish.repository == str(path.parent / "elsewhere")


def test_outside_a_runner_no_repository_is_thought_up(path):
    path.write_text(OWN)
    assert prepare(Inputs(path=path), repository=None).config.publish.repository is None


def test_the_authors_input_chooses_among_those_of_the_file(path):
    path.write_text(OWN)
    assert prepare(Inputs(path=path, authors="bob"), repository=None).authors == ("bob",)
    with pytest.raises(ConfigError, match="neither key nor id"):
        prepare(Inputs(path=path, authors="A1111111"), repository=None)


def test_a_wrong_file_is_told_by_its_own_name(path):
    path.write_text(OWN + "outptu = 1\n")
    with pytest.raises(ConfigError, match=r"scholar-metrics\.toml: "):
        prepare(Inputs(path=path), repository=REPOSITORY)
