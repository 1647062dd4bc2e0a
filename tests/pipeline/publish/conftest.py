"""A folder with a finished run of the sample, and bare repositories to publish to."""

import io
import json
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import config as configuration
from pipeline import publish
from pipeline.errors import PublishRefused

BRANCH = "google-scholar-stats"
TEXT = """
[[authors]]
key = "ada"
name = "Ada Sample"
ids = ["google_scholar:SAMPLEadaAAJ"]
"""


def git(*args, cwd, check=True, **more):
    done = subprocess.run(["git", *args], cwd=cwd, capture_output=True, check=check, **more)
    return done.stdout.decode().rstrip("\n")


def bare(path: Path) -> Path:
    path.mkdir(parents=True)
    git("init", "--quiet", "--bare", ".", cwd=path)
    return path


def hook(repository: Path, name: str, *lines: str) -> None:
    path = repository / "hooks" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)


class Desk:
    """One machine: results, a configuration, and the repository that it publishes to."""

    def __init__(self, root: Path, remote: Path, environ: dict) -> None:
        self.root = root
        self.remote = remote
        self.environ = environ
        self.output = root / "output"
        self.now = datetime.now(UTC)
        self.slept: list[float] = []

    def config(self, extra: str = "", *, text: str = TEXT):
        return configuration.parse(extra + text, name="test", base=self.root)

    def publish(self, **more):
        given = {
            "config": self.config(),
            "base": self.root,
            "repo": str(self.remote),
            "environ": self.environ,
            "clock": lambda: self.now,
            "sleep": self.slept.append,
        }
        return publish.publish(**(given | more))

    def refused(self, **more) -> str:
        with pytest.raises(PublishRefused) as caught:
            self.publish(**more)
        text = str(caught.value)
        assert "\n" not in text
        assert caught.value.exit_code == 5
        return text

    def write(self, path: str, value) -> None:
        place = self.output / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(value if isinstance(value, str) else json.dumps(value))

    def cite(self, number: int) -> None:
        """A run that found another figure."""
        data = json.loads((self.output / "gs_data.json").read_text())
        self.write("gs_data.json", data | {"citedby": number})
        badge = {"schemaVersion": 1, "label": "citations", "message": str(number)}
        self.write("gs_data_shieldsio.json", badge)
        self.write("badges/ada/citations.json", badge)

    def run_again(self) -> None:
        """A run that found nothing new."""
        run = json.loads((self.output / "run.json").read_text())
        self.write("run.json", run | {"run_id": "again", "finished_at": self.now.isoformat()})

    def refresh(self) -> None:
        """The sample's run once more: one more row in the history."""
        command = [sys.executable, "-m", "pipeline", "refresh", "--sample"]
        subprocess.run(command, cwd=self.root, check=True, capture_output=True)

    def log(self) -> list[str]:
        """Commits of the branch, newest first."""
        return git("log", "--format=%H", BRANCH, cwd=self.remote, check=False).split()

    def tree(self) -> dict[str, bytes]:
        """What the branch holds."""
        listed = git("ls-tree", "-r", "-z", BRANCH, cwd=self.remote).split("\0")
        entries = [line.partition("\t") for line in listed if line]
        blobs = [head.split()[2] for head, _, _ in entries]
        command = ["git", "cat-file", "--batch"]  # one process for all: hundreds of files
        told = "".join(f"{blob}\n" for blob in blobs).encode()
        done = subprocess.run(command, cwd=self.remote, check=True, capture_output=True, input=told)
        stream, found = io.BytesIO(done.stdout), {}
        for (_, _, name), blob in zip(entries, blobs, strict=True):
            said, kind, size = stream.readline().decode().split()
            assert (said, kind) == (blob, "blob")
            found[name] = stream.read(int(size))
            assert stream.read(1) == b"\n"
        return found

    def shown(self, name: str) -> bytes:
        command = ["git", "show", f"{BRANCH}:{name}"]
        return subprocess.run(command, cwd=self.remote, check=True, capture_output=True).stdout

    def other(self, files: dict[str, str], *, message: str = "by hand", drop=()) -> str:
        """Somebody else's commit on the branch."""
        work = self.root.parent / f"other-{os.urandom(4).hex()}"
        git("clone", "--quiet", str(self.remote), str(work), cwd=self.root)
        if git("rev-parse", "--verify", f"origin/{BRANCH}", cwd=work, check=False):
            git("checkout", "--quiet", BRANCH, cwd=work)
        else:
            git("checkout", "--quiet", "--orphan", BRANCH, cwd=work)
        for name, text in files.items():
            (work / name).parent.mkdir(parents=True, exist_ok=True)
            (work / name).write_text(text)
        for name in drop:
            (work / name).unlink()
        git("add", "--all", cwd=work)
        git("commit", "--quiet", "-m", message, cwd=work, env=self.environ)
        git("push", "--quiet", "origin", BRANCH, cwd=work)
        return git("rev-parse", "HEAD", cwd=work)

    def fsck(self) -> None:
        git("fsck", "--strict", "--connectivity-only", cwd=self.remote)


@pytest.fixture(scope="session")
def sample_run(tmp_path_factory):
    root = tmp_path_factory.mktemp("sample")
    command = [sys.executable, "-m", "pipeline", "refresh", "--sample"]
    subprocess.run(command, cwd=root, check=True, capture_output=True)
    return root / "output"


@pytest.fixture
def environ(tmp_path):
    home = tmp_path / "home"
    home.mkdir()
    person = {"NAME": "Ada Sample", "EMAIL": "ada@example.org"}
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "GIT_CONFIG_NOSYSTEM": "1",
        **{f"GIT_{role}_{k}": v for role in ("AUTHOR", "COMMITTER") for k, v in person.items()},
    }


@pytest.fixture
def make_desk(tmp_path, sample_run, environ, monkeypatch):
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "tmp"))

    def make(name="desk", remote=None):
        root = tmp_path / name
        root.mkdir()
        shutil.copytree(sample_run, root / "output")
        place = remote or tmp_path / "remote.git"
        return Desk(root, place if place.exists() else bare(place), environ)

    return make


@pytest.fixture
def desk(make_desk):
    return make_desk()


@pytest.fixture
def tools():
    """Plain functions that tests share."""
    return type(
        "Tools",
        (),
        {
            "git": staticmethod(git),
            "bare": staticmethod(bare),
            "hook": staticmethod(hook),
            "branch": BRANCH,
            "text": TEXT,
        },
    )
