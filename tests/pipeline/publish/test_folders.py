"""Publishing through somebody's folder: its remote is found, and it stays as it was."""

import shutil

import pytest

from pipeline.errors import ConfigError


def state(folder, tools):
    """Everything of a checkout that a publication must leave as it was."""
    files = {
        str(p.relative_to(folder)): p.read_bytes()
        for p in folder.rglob("*")
        if p.is_file() and "objects" not in p.parts and ".git/logs" not in str(p)
    }
    return files, tools.git("status", "--porcelain", cwd=folder)


@pytest.fixture
def home(desk, tools, tmp_path):
    """A checkout with a remote, staged, unstaged and untracked changes."""
    seed = desk.other({"x": "x"})
    tools.git("update-ref", "refs/heads/main", seed, cwd=desk.remote)
    tools.git("update-ref", "-d", f"refs/heads/{tools.branch}", cwd=desk.remote)
    tools.git("symbolic-ref", "HEAD", "refs/heads/main", cwd=desk.remote)
    home = tmp_path / "page"
    tools.git("clone", "--quiet", str(desk.remote), str(home), cwd=tmp_path)
    (home / "x").write_text("unstaged")
    (home / "staged").write_text("staged")
    tools.git("add", "staged", cwd=home)
    (home / "untracked").write_text("untracked")
    return home


def test_a_folder_with_a_remote_is_published_to_that_remote_and_stays_as_it_was(desk, home, tools):
    before = state(home, tools)
    done = desk.publish(repo=str(home))
    assert desk.log() == [done.commit]
    assert done.repository == str(desk.remote)
    assert state(home, tools) == before


@pytest.mark.parametrize("kind", ["detached", "shallow", "subfolder", "worktree", "relative"])
def test_whatever_state_the_folder_is_in(desk, home, tools, kind, tmp_path):
    place = home
    if kind == "detached":
        tools.git("checkout", "--quiet", "--detach", cwd=home)
    elif kind == "shallow":
        shutil.rmtree(home)
        source = f"file://{desk.remote}"
        tools.git("clone", "--quiet", "--depth=1", source, str(home), cwd=tmp_path)
    elif kind == "subfolder":
        place = home / "deep" / "er"
        place.mkdir(parents=True)
    elif kind == "worktree":
        place = tmp_path / "tree"
        tools.git("worktree", "add", "--quiet", "--detach", str(place), cwd=home)
    else:
        tools.git("remote", "set-url", "origin", f"../{desk.remote.name}", cwd=home)
    before = state(home, tools)
    first = desk.publish(repo=str(place))
    desk.cite(415)
    second = desk.publish(repo=str(place))
    assert desk.log() == [second.commit, first.commit]
    assert state(home, tools) == before
    desk.fsck()


def test_a_stale_clone_publishes_on_top_of_what_came_since(desk, home, tools):
    first = desk.publish(repo=str(home))
    tools.git("fetch", "--quiet", cwd=home)
    theirs = desk.other({"CNAME": "example.org"})
    desk.cite(415)
    done = desk.publish(repo=str(home))
    assert desk.log() == [done.commit, theirs, first.commit]


def test_the_repository_around_the_configuration_is_the_last_resort(desk, home):
    done = desk.publish(repo=None, base=home)
    assert desk.log() == [done.commit]


def test_without_any_repository_it_says_what_to_do(desk):
    with pytest.raises(ConfigError, match=r"--repo DIR_OR_URL.*\[publish\]"):
        desk.publish(repo=None)


def test_the_configured_repository_and_branch_count(desk, tools):
    table = f'[publish]\nrepository = "{desk.remote}"\nbranch = "stats"\n'
    done = desk.publish(config=desk.config(text=tools.text + table), repo=None)
    assert tools.git("rev-parse", "stats", cwd=desk.remote) == done.commit


def test_a_named_remote_counts(desk, home, tools):
    tools.git("remote", "rename", "origin", "page", cwd=home)
    config = desk.config(text=tools.text + '[publish]\nremote = "page"\n')
    assert desk.publish(config=config, repo=str(home)).repository == str(desk.remote)


def test_a_folder_without_remote_gets_the_branch_itself(desk, home, tools):
    tools.git("remote", "remove", "origin", cwd=home)
    head = tools.git("rev-parse", "HEAD", cwd=home)
    status = tools.git("status", "--porcelain", cwd=home)
    done = desk.publish(repo=str(home))
    assert tools.git("rev-parse", tools.branch, cwd=home) == done.commit
    assert tools.git("rev-parse", "HEAD", cwd=home) == head
    assert tools.git("status", "--porcelain", cwd=home) == status
    assert desk.publish(repo=str(home)).commit is None


def test_a_folder_that_has_the_branch_checked_out_is_refused(desk, home, tools):
    tools.git("remote", "remove", "origin", cwd=home)
    desk.publish(repo=str(home))
    tools.git("worktree", "add", "--quiet", str(home.parent / "tree"), tools.branch, cwd=home)
    desk.cite(415)
    text = desk.refused(repo=str(home))
    assert "is checked out" in text


def test_an_address_whose_branch_is_checked_out_is_refused_by_git_in_one_line(desk, home, tools):
    tools.git("checkout", "--quiet", "-b", tools.branch, cwd=home)
    assert "switch that folder" in desk.refused(repo=f"file://{home}")


def test_a_bare_repository_is_published_to_itself(desk, tools, tmp_path):
    tools.git("clone", "--quiet", "--bare", str(desk.remote), str(tmp_path / "b"), cwd=tmp_path)
    done = desk.publish(repo=str(tmp_path / "b"))
    assert tools.git("rev-parse", tools.branch, cwd=tmp_path / "b") == done.commit
    assert desk.log() == []


def test_a_repository_with_sha256_works(desk, tools, tmp_path):
    desk.remote = tmp_path / "sha256.git"
    tools.git("init", "--quiet", "--bare", "--object-format=sha256", desk.remote, cwd=tmp_path)
    tree = tools.git("mktree", cwd=desk.remote, input=b"")
    root = tools.git("commit-tree", "-m", "x", tree, cwd=desk.remote, env=desk.environ)
    tools.git("update-ref", "HEAD", root, cwd=desk.remote)
    first = desk.publish()
    assert len(first.commit) == 64
    assert desk.publish().commit is None
    desk.cite(415)
    second = desk.publish()
    assert desk.log() == [second.commit, first.commit]


@pytest.mark.parametrize(
    "address",
    [
        "https://user:hunter2secret@git.example/page.git",
        "https://ghp_hunter2secret@git.example/page.git",
    ],
)
def test_a_remote_with_a_secret_in_its_address_is_refused_and_the_secret_not_said(
    desk, home, tools, address
):
    tools.git("remote", "set-url", "origin", address, cwd=home)
    text = desk.refused(repo=str(home))
    assert "git remote set-url origin https://git.example/page.git" in text
    assert "hunter2secret" not in text


@pytest.mark.parametrize("address", ["http://git.example/page.git", "ext::sh -c 'touch pwned'"])
def test_other_ways_to_a_repository_are_not_allowed(desk, home, tools, address):
    tools.git("config", "remote.origin.url", address, cwd=home)
    assert "not allowed" in desk.refused(repo=str(home))
    assert not list(desk.root.parent.rglob("pwned"))


def test_a_global_hook_and_template_of_the_user_are_not_run(desk, tools):
    home = desk.root.parent / "home"
    hooks = home / "hooks"
    hooks.mkdir()
    tools.hook(home, "pre-push", "exit 1")
    (home / ".gitconfig").write_text(f'[core]\n hooksPath = "{hooks}"\n')
    assert desk.publish().commit
