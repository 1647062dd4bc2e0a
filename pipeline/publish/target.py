"""Which repository is published to: an address, a folder's remote, or the folder itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.config import Config
from pipeline.config.values import branch_name, git_place, is_address
from pipeline.errors import ConfigError, PublishRefused
from pipeline.publish.git import Git, reason, without_user

_TOKEN_LIKE = re.compile(r"gh[a-z]_|github_pat_|glpat-|.{30}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A branch of a repository."""

    address: str
    """What git is given: an address, or the absolute path of a repository."""
    branch: str
    folder: Path
    """Folder whose git settings hold: who commits, and how the other side is reached."""

    @property
    def shown(self) -> str:
        """The address as people may see it."""
        return without_user(self.address)


def resolve(
    config: Config,
    *,
    base: Path,
    environ: Mapping[str, str],
    repo: str | None = None,
    branch: str | None = None,
) -> Target:
    """Where to publish.

    Args:
        config: its `publish` table counts where nothing else is said.
        base: folder of the configuration file; its own repository is the last resort.
        environ: the environment.
        repo: folder or address, instead of the configured one.
        branch: instead of the configured one.

    Raises:
        ConfigError: no repository is named and none is around, or a name is not allowed.
        PublishRefused: the folder is no repository, or has the branch checked out.
    """
    try:
        name = config.publish.branch if branch is None else branch_name(branch)
        place = git_place(repo) if repo is not None else config.publish.repository
    except ValueError as error:
        raise ConfigError(f"{error}") from None
    if place is not None and is_address(place):
        return Target(address=place, branch=name, folder=base)
    folder = base if place is None else Path(place).absolute()
    git = Git(folder=folder, environ=environ)
    common, is_bare = _inspected(git, is_named=place is not None)
    address = None if is_bare else _remote(git, config.publish.remote)
    if address is None:
        _check_free(git, name)
        address = str(common)
    return Target(address=address, branch=name, folder=folder)


def _inspected(git: Git, *, is_named: bool) -> tuple[Path, bool]:
    if not git.folder.is_dir():
        raise PublishRefused(f"{git.folder}: no such folder; name a git repository with --repo")
    answer = git.ask(
        "rev-parse", "--path-format=absolute", "--git-common-dir", "--is-bare-repository"
    )
    if answer.code == 0:
        common, is_bare = answer.text.split("\n")[:2]
        return Path(common), is_bare == "true"
    if "not a git repository" not in answer.said:
        raise PublishRefused(f"{git.folder} cannot be used: {reason(answer.said)}")
    if is_named:
        raise PublishRefused(
            f"{git.folder} is no git repository: name another with --repo, or type `git init` there"
        )
    raise ConfigError(
        f"no git repository is around {git.folder}: name one with --repo DIR_OR_URL, or as "
        "`repository` in the table [publish]"
    )


def _remote(git: Git, name: str) -> str | None:
    """Where a folder's remote is pushed to; `None` when it has no such remote."""
    answer = git.ask("remote", "get-url", "--push", "--", name)
    if answer.code:
        return None
    address = answer.text.rstrip("\n")
    parts = urlsplit(address) if "://" in address else None
    if parts is not None:
        user = parts.username or ""
        is_web = parts.scheme in ("http", "https")
        if parts.password or (is_web and _TOKEN_LIKE.match(user)):
            raise PublishRefused(
                f"the address of the remote {name} has a password or token in it: take it out with "
                f"`git remote set-url {name} {without_user(address)}`; a credential helper or the "
                "environment holds it"
            )
        return address
    if re.match(r"[^/]+:", address):
        return address
    top = git.do("rev-parse", "--show-toplevel").text.rstrip("\n")
    return str(Path(top) / address)


def _check_free(git: Git, name: str) -> None:
    listed = git.ask("worktree", "list", "--porcelain").text.splitlines()
    if f"branch refs/heads/{name}" in listed:
        raise PublishRefused(
            f"the branch {name} is checked out in {git.folder}: type `git switch -` there, or "
            "publish with --branch OTHER"
        )
