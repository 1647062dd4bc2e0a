"""The runner's side: nothing that comes from outside is taken for a command."""

import re

import pytest

from pipeline.errors import StorageError
from pipeline.jobs import github
from pipeline.jobs.github import Annotation, Runner

HOSTILE = [
    "::error::x",
    "a\n::error::x",
    "a\r\n::set-output name=x::y",
    "##[error]x",
    "text ##[add-mask]x",
    "  ::stop-commands::x",
    "%0A::error::x",
    "\u2028::error::x",
    "\u202e::error::x",
    "\x00::error::x",
    "a\x85::error::x",
    "\u200b::error::x",
]


def parsed(line):
    """A line as the runner reads it: `ActionCommand.TryParseV2`, then the older form."""
    found = re.match(r"\s*::(\w[\w-]*)(?: (.*?))?::(.*)\Z", line, re.DOTALL)
    if found:
        name, properties, data = found.groups()
        pairs = dict(p.split("=", 1) for p in (properties or "").split(",") if p)
        return name, {k: back(v, ":,") for k, v in pairs.items()}, back(data, "")
    return ("older", {}, "") if "##[" in line else None


def back(text, more):
    for sign in "\r\n" + more:
        text = text.replace(f"%{ord(sign):02X}", sign)
    return text.replace("%25", "%")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_line_of_a_log_is_never_a_command(text):
    line = github.harmless(text)
    assert "\n" not in line
    assert parsed(line) is None


def test_a_harmless_line_stays_as_it_is():
    assert github.harmless("ada, openalex: offline: no answer") == (
        "ada, openalex: offline: no answer"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_an_annotation_is_one_command_whatever_it_says(text):
    line = github.command(Annotation(level="warning", title=text, message=text))
    assert line.splitlines() == [line]
    name, properties, _ = parsed(line)
    assert name == "warning"
    assert set(properties) == {"title"}


def test_an_annotation_reads_back_as_it_was_meant():
    one = Annotation(level="error", title="a, b: 50%", message="100% of a:b,c %0A ::end::")
    assert parsed(github.command(one)) == (
        "error",
        {"title": "a, b: 50%"},
        "100% of a:b,c %0A ::end::",
    )


def test_line_breaks_are_escaped_as_the_runner_wants_them():
    assert github.escaped("a%\r\nb") == "a%25%0D%0Ab"
    assert github.escaped_property("a:b,c") == "a%3Ab%2Cc"


def test_a_very_long_message_is_cut():
    line = github.command(Annotation(level="warning", title="t", message="x" * 100_000))
    assert len(line) < 1100


def read_outputs(text):
    """As the runner reads $GITHUB_OUTPUT."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, delimiter = line.split("<<", 1)
        value = []
        for inner in lines:
            if inner == delimiter:
                break
            value.append(inner)
        found[name] = "\n".join(value)
    return found


def test_a_value_cannot_break_out_of_its_output():
    values = {"citations": "1\nexit-code=0\nend\nchanged<<x\ny\nx", "changed": ""}
    assert read_outputs(github.outputs(values)) == values


def test_delimiters_are_never_the_same():
    first, second = (github.outputs({"a": "b"}).splitlines()[0] for _ in range(2))
    assert first != second


@pytest.mark.parametrize("name", ["", "a=b", "a\nb", "a<<b", "-a"])
def test_a_name_that_is_none_is_refused(name):
    with pytest.raises(ValueError, match="cannot be an output"):
        github.outputs({name: "x"})


def test_a_value_with_the_very_delimiter_is_refused(monkeypatch):
    monkeypatch.setattr(github.secrets, "token_hex", lambda n: "00")
    with pytest.raises(ValueError, match="cannot be an output"):
        github.outputs({"a": "end_00"})


def test_environment_files_are_added_to(tmp_path):
    github.append(tmp_path / "file", "a\n")
    github.append(tmp_path / "file", "b\n")
    assert (tmp_path / "file").read_bytes() == b"a\nb\n"


def test_an_environment_file_that_cannot_be_written_is_a_storage_error(tmp_path):
    with pytest.raises(StorageError, match="cannot be written"):
        github.append(tmp_path, "a")


def test_a_summary_never_passes_what_the_runner_takes():
    text = github.within_limit(["é" * 1000] * 2000)
    assert len(text.encode()) < 1024 * 1024
    assert "`run.json` has the rest" in text


def test_on_a_persons_machine_there_is_no_runner():
    found = Runner.of({})
    assert found == Runner(is_actions=False, summary=None, output=None, repository=None)


def test_the_repository_is_told_by_its_address():
    found = Runner.of(
        {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "ada/ada.github.io"}
    )
    assert found.repository == "https://github.com/ada/ada.github.io"


@pytest.mark.parametrize(
    ("server", "name"),
    [
        ("", "a/b"),
        ("https://user:secret@host", "a/b"),
        ("https://github.com", "a/b\nx"),
        ("https://github.com", "a"),
        ("https://github.com", "-a/b"),
        ("ext::sh -c x", "a/b"),
    ],
)
def test_an_address_that_is_none_is_not_used(server, name):
    environ = {"GITHUB_SERVER_URL": server, "GITHUB_REPOSITORY": name}
    assert Runner.of(environ).repository is None
