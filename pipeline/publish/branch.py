"""The data branch, seen through a repository of our own that is thrown away afterwards.

Only its tip is fetched, a commit is made on top of it, and that commit is pushed: the other side
takes it if nothing came in between. No checkout, index or HEAD of anybody is touched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from pipeline.errors import PublishRefused
from pipeline.publish import refusals, settings
from pipeline.publish.git import Git
from pipeline.publish.operations import Kind, Operation
from pipeline.publish.settings import Settings
from pipeline.publish.target import Target

_OURS = (
    ("core.hooksPath", "/dev/null"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
    ("push.followTags", "false"),
    ("push.recurseSubmodules", "no"),
    ("fetch.recurseSubmodules", "false"),
    ("advice.pushUpdateRejected", "false"),
)
_SHA256 = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Tip:
    """The branch at one moment."""

    commit: str | None = None
    """`None`: there is no such branch."""
    committed_at: datetime | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    """git's id of the content by path."""


class Branch:
    """One branch of one repository."""

    def __init__(self, git: Git, target: Target, found: Settings) -> None:
        self._git = git
        self._target = target
        self._tries = 0
        self.settings = found

    def tip(self) -> Tip:
        """The branch as it is now, with everything in it at hand.

        Raises:
            PublishRefused: the repository cannot be reached.
        """
        commit, digits = self._listed()
        if not self._tries:
            kind = "sha256" if digits == _SHA256 else "sha1"
            self._git.do("init", "--quiet", "--bare", "--template=", f"--object-format={kind}")
        self._tries += 1
        if commit is None:
            return Tip()
        ref = f"refs/seen/{self._tries}"
        asked = f"refs/heads/{self._target.branch}:{ref}"
        quiet = ("--quiet", "--depth=1", "--no-tags", "--no-write-fetch-head")
        answer = self._git.ask("fetch", *quiet, "--", "data", asked)
        if answer.code:
            if self._listed()[0] is None:
                return Tip()
            raise refusals.unreachable(answer.said, shown=self._target.shown)
        commit, moment = self._git.do("log", "-1", "--format=%H %ct", ref).text.split()
        return Tip(
            commit=commit,
            committed_at=datetime.fromtimestamp(int(moment), UTC),
            files=dict(self._files(commit)),
        )

    def read(self, tip: Tip, paths: Iterable[str]) -> dict[str, bytes]:
        """The content of those of the paths that the branch has."""
        wanted = [path for path in paths if path in tip.files]
        if not wanted:
            return {}
        ids = "".join(f"{tip.files[path]}\n" for path in wanted)
        out = self._git.do("cat-file", "--batch", data=ids.encode()).out
        found: dict[str, bytes] = {}
        for path in wanted:
            head, _, out = out.partition(b"\n")
            words = head.split()
            if len(words) == 3:  # noqa: PLR2004 - id, type, size; else it is missing
                size = int(words[2])
                found[path], out = out[:size], out[size + 1 :]
        return found

    def commit(
        self, operations: Sequence[Operation], tip: Tip, *, message: str, at: datetime
    ) -> str:
        """Makes a commit on a tip, here alone; says its id."""
        author, committer = settings.people(self.settings, self._git.environ)
        when = f"{int(at.timestamp())} +0000"
        text = f"{message}\n".encode()
        stream = [
            b"feature done\n",
            f"commit refs/made/{self._tries}\nmark :1\n".encode(),
            f"author {author} {when}\ncommitter {committer} {when}\n".encode(),
            b"data %d\n%s" % (len(text), text),
            f"from {tip.commit}\n".encode() if tip.commit else b"",
            *(part for operation in operations for part in _streamed(operation)),
            b"get-mark :1\ndone\n",
        ]
        made = self._git.do("fast-import", "--quiet", data=b"".join(stream)).text.strip()
        if not re.fullmatch(r"[0-9a-f]{40,64}", made):
            raise PublishRefused("git made no commit of the results: publish again")
        return made

    def push(self, commit: str, tip: Tip) -> bool:
        """Offers a commit; `False` when another writer was first.

        Raises:
            PublishRefused: the other side does not want it.
        """
        wanted = f"{commit}:refs/heads/{self._target.branch}"
        answer = self._git.ask("push", "--porcelain", "--", "data", wanted)
        if answer.code == 0:
            return True
        said = f"{answer.said}\n{answer.text}"
        now = self._listed()[0]
        if now == commit:  # it was taken, and the line broke afterwards
            return True
        if now != tip.commit or refusals.is_race(said):
            return False
        raise refusals.refused(said, branch=self._target.branch, shown=self._target.shown)

    def _listed(self) -> tuple[str | None, int]:
        """The branch's commit, and how many digits an id has there (0: nobody knows)."""
        ref = f"refs/heads/{self._target.branch}"
        answer = self._git.ask("ls-remote", "--quiet", "--", "data", "HEAD", ref)
        if answer.code:
            raise refusals.unreachable(answer.said, shown=self._target.shown)
        pairs = [line.split("\t") for line in answer.text.splitlines()]
        commits = {name: commit for commit, name in pairs}
        return commits.get(ref), max(map(len, commits.values()), default=0)

    def _files(self, commit: str) -> Iterator[tuple[str, str]]:
        listed = self._git.do("ls-tree", "-r", "-z", "--full-tree", commit).out
        for line in filter(None, listed.split(b"\0")):
            about, _, path = line.partition(b"\t")
            yield path.decode("utf-8", errors="surrogateescape"), about.split()[2].decode()


@contextmanager
def opened(target: Target, *, environ: Mapping[str, str]) -> Iterator[Branch]:
    """A branch, through a repository that lives as long as this."""
    found = settings.read(Git(folder=target.folder, environ=environ))
    header, secrets = settings.token_settings(target.address, found, environ)
    given = (*found.local, *header, *_OURS, ("remote.data.url", target.address))
    with TemporaryDirectory(prefix="scholar-metrics-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        git = Git(folder=folder, environ=environ, settings=given, secrets=secrets)
        yield Branch(replace(git, git_dir=folder / "git"), target, found)


def _streamed(operation: Operation) -> Iterator[bytes]:
    if operation.kind is Kind.REMOVE:
        yield f"D {operation.path}\n".encode()
        return
    yield f"M 100644 inline {operation.path}\n".encode()
    yield b"data %d\n%s\n" % (len(operation.data), operation.data)
