"""Races, refusals, kills: nothing is lost, and the next publication succeeds."""

import json
import os
import re
import select
import shutil
import traceback
from pathlib import Path

import pytest

from pipeline.errors import PublishRefused
from pipeline.publish import TRIES
from pipeline.publish import git as calls


@pytest.fixture
def before_push(monkeypatch):
    """Runs a function before each push, for so many times."""

    def arrange(act, times=1):
        left = [times]
        real = calls.call

        def call(args, **more):
            if args[0] == "push" and left[0]:
                left[0] -= 1
                act()
            return real(args, **more)

        monkeypatch.setattr(calls, "call", call)

    return arrange


def test_a_commit_that_lands_meanwhile_is_built_upon(desk, before_push):
    first = desk.publish()
    desk.cite(415)
    landed = []
    before_push(lambda: landed.append(desk.other({"CNAME": "example.org"})))
    done = desk.publish()
    assert desk.log() == [done.commit, *landed, first.commit]
    assert desk.shown("CNAME") == b"example.org"
    assert json.loads(desk.shown("gs_data.json"))["citedby"] == 415
    assert len(desk.slept) == 1
    desk.fsck()


def test_two_first_publications_become_one_branch(desk, before_push):
    landed = []
    before_push(lambda: landed.append(desk.other({"CNAME": "example.org"})))
    done = desk.publish()
    assert desk.log() == [done.commit, *landed]
    assert desk.shown("CNAME") == b"example.org"


def test_ids_that_land_meanwhile_survive(desk, before_push):
    desk.publish()
    data = json.loads(desk.shown("gs_data.json"))
    data["publications"]["SAMPLEadaAAJ:theirOwnIdC"] = {"num_citations": 7}
    before_push(lambda: desk.other({"gs_data.json": json.dumps(data)}))
    desk.cite(415)
    desk.publish()
    found = json.loads(desk.shown("gs_data.json"))
    assert (found["citedby"], len(found["publications"])) == (415, len(data["publications"]))


def test_after_five_tries_it_gives_up_with_one_line(desk, before_push):
    before_push(lambda: desk.other({f"n{len(desk.log())}": ""}), times=99)
    text = desk.refused()
    assert f"{TRIES} times" in text
    assert len(desk.slept) == TRIES
    assert len(desk.log()) == TRIES
    assert len(set(desk.slept)) > 1


def test_a_branch_that_is_deleted_meanwhile_is_made_again(desk, tools, before_push):
    desk.publish()
    desk.cite(415)

    def delete():
        tools.git("update-ref", "-d", f"refs/heads/{tools.branch}", cwd=desk.remote)
        tools.git("gc", "--quiet", "--prune=now", cwd=desk.remote)

    before_push(delete)
    desk.publish()
    assert json.loads(desk.shown("gs_data.json"))["citedby"] == 415
    desk.fsck()


def test_a_branch_that_is_deleted_before_the_fetch_is_made_again(desk, tools, monkeypatch):
    desk.publish()
    real = calls.call

    def call(args, **more):
        if args[0] == "fetch":
            tools.git("update-ref", "-d", f"refs/heads/{tools.branch}", cwd=desk.remote)
        return real(args, **more)

    monkeypatch.setattr(calls, "call", call)
    desk.cite(415)
    done = desk.publish()
    assert desk.log() == [done.commit]


def test_a_push_that_was_taken_before_the_line_broke_is_a_success(desk, monkeypatch):
    real = calls.call

    def call(args, **more):
        code, out, err = real(args, **more)
        return (1, out, b"fatal: the remote end hung up") if args[0] == "push" else (code, out, err)

    monkeypatch.setattr(calls, "call", call)
    assert desk.publish().commit == desk.log()[0]


def racer(desk, name: str, rounds: int) -> None:
    """Publishes so many times, each time with a file of its own; leaves the process."""
    try:
        commits = []
        for number in range(rounds):
            desk.write(f"badges/ada/papers/{name}-{number}.json", {"message": str(number)})
            while True:
                try:
                    commits.append(desk.publish().commit)
                    break
                except PublishRefused as error:
                    if "other writers were first" not in str(error):
                        raise
        (desk.root / "commits").write_text("\n".join(commits))
        os._exit(0)
    except BaseException:  # noqa: BLE001 - a forked child must not come back
        traceback.print_exc()
        os._exit(1)


def test_two_publishers_at_once_lose_no_commit_and_no_file(make_desk):
    rounds = 10
    desks = [make_desk("one"), make_desk("two")]
    children = []
    for desk in desks:
        pid = os.fork()
        if not pid:
            racer(desk, desk.root.name, rounds)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0, 0]
    made = {c for d in desks for c in (d.root / "commits").read_text().split()}
    assert set(desks[0].log()) == made
    assert len(made) == 2 * rounds
    names = {f"badges/ada/papers/{d.root.name}-{n}.json" for d in desks for n in range(rounds)}
    assert names <= set(desks[0].tree())
    desks[0].fsck()


def test_a_kill_between_any_two_calls_of_git_leaves_old_or_new(desk):
    first = desk.publish().commit
    for number in range(1, 99):
        desk.cite(1000 + number)
        before = desk.log()
        pid = os.fork()
        if not pid:
            killed_at(desk, number)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        after = desk.log()
        assert after[-len(before) :] == before
        assert len(after) - len(before) in (0, 1)
        desk.fsck()
        assert not list(desk.remote.rglob("*.lock"))
        if status == 0:
            break
        assert status == 9
        desk.publish()
        assert json.loads(desk.shown("gs_data.json"))["citedby"] == 1000 + number
    assert number > 8, "every call was passed once"
    assert desk.log()[-1] == first


def killed_at(desk, number: int) -> None:
    """Publishes in this process, which ends like a killed one before that call of git."""
    left = [number]
    real = calls.call

    def call(args, **more):
        left[0] -= 1
        if not left[0]:
            os._exit(9)
        return real(args, **more)

    calls.call = call
    try:
        desk.publish()
        os._exit(0 if left[0] > 0 else 9)
    except BaseException:  # noqa: BLE001 - a forked child must not come back
        traceback.print_exc()
        os._exit(1)


def test_an_interrupt_leaves_no_process_and_no_folder_behind(desk, tmp_path, monkeypatch):
    def interrupted(args, **more):
        raise KeyboardInterrupt

    monkeypatch.setattr(calls, "call", interrupted)
    with pytest.raises(KeyboardInterrupt):
        desk.publish()
    assert list((tmp_path / "tmp").iterdir()) == []


def test_a_hook_that_refuses_is_quoted_in_one_line(desk, tools):
    lines = ["cat > /dev/null", "printf '\\033[31mno data\\033[0m on Fridays\\n' >&2", "exit 1"]
    tools.hook(desk.remote, "pre-receive", *lines)
    text = desk.refused()
    assert "no data on Fridays" in text
    assert "\x1b" not in text
    assert "--branch OTHER" in text
    assert desk.log() == []
    assert desk.slept == []
    (desk.remote / "hooks/pre-receive").unlink()
    assert desk.publish().commit


def test_a_protected_branch_says_where_to_allow_it(desk, tools):
    says = "echo 'error: GH006: Protected branch update failed for refs/heads/stats.' >&2"
    tools.hook(desk.remote, "pre-receive", "cat > /dev/null", says, "exit 1")
    text = desk.refused()
    assert "GH006" in text
    assert "allow pushes" in text


def test_a_read_only_remote_is_refused(desk, tools):
    desk.publish()
    ssh = desk.root / "ssh"
    ssh.write_text(
        "#!/bin/sh\nfor last; do :; done\n"
        'case "$last" in git-upload-pack*) eval "$last" ;;\n'
        "*) echo 'ERROR: Permission to ada/page.git denied to deploy-key.' >&2; exit 1 ;; esac\n"
    )
    ssh.chmod(0o755)
    desk.environ["GIT_SSH_COMMAND"] = str(ssh)
    desk.cite(415)
    text = desk.refused(repo=f"ssh://git@localhost{desk.remote}")
    assert "Permission to ada/page.git denied" in text
    assert "a token that may write" in text
    assert len(desk.log()) == 1


@pytest.mark.parametrize("place", ["file:///nowhere/at-all.git", "nowhere"])
def test_a_repository_that_is_not_there_is_refused(desk, place):
    assert "nowhere" in desk.refused(repo=place)


def test_a_remote_that_is_gone_is_refused(desk):
    shutil.rmtree(desk.remote)
    desk.remote.mkdir()
    assert "is no git repository" in desk.refused()


def test_git_that_never_answers_is_ended_with_its_children(desk, tools, monkeypatch):
    pids = desk.root / "pids"
    sleeper = ("cat > /dev/null", f"sleep 600 & echo $! > {pids}", "wait")
    tools.hook(desk.remote, "pre-receive", *sleeper)
    real = calls.call

    def call(args, *, limit, **more):
        short = calls.Git(folder=limit.folder, environ=limit.environ, timeout=0.7)
        return real(args, limit=short if args[0] == "push" else limit, **more)

    monkeypatch.setattr(calls, "call", call)
    assert "did not end within" in desk.refused()
    try:
        ended = os.pidfd_open(int(pids.read_text()))
    except ProcessLookupError:
        return
    # It was told to end; a busy machine takes its time.
    assert select.select([ended], [], [], 10)[0]
    os.close(ended)


def test_without_git_it_says_so(desk):
    desk.environ["PATH"] = str(desk.root)
    assert "git is not installed" in desk.refused()


def test_a_call_that_fails_says_which_and_why(desk):
    git = calls.Git(folder=desk.root, environ=desk.environ)
    with pytest.raises(calls.GitFailed, match="git rev-parse failed: not a git repository"):
        git.do("rev-parse", "HEAD")


def test_nobody_says_who_commits(desk):
    for name in [n for n in desk.environ if n.startswith(("GIT_AUTHOR", "GIT_COMMITTER"))]:
        del desk.environ[name]
    text = desk.refused()
    assert "git config --global user.name" in text
    assert "git config --global user.email" in text
    assert desk.log() == []


def test_there_is_no_way_to_overwrite_the_branch():
    sources = Path(calls.__file__).parent.glob("*.py")
    words = re.compile(r"--force|\"-f\"|\+refs/|\"\+|force-with-lease|reset|checkout\b.*git\.")
    found = [f"{p.name}: {m.group()}" for p in sources for m in words.finditer(p.read_text())]
    assert found == []


def test_a_canary_token_is_in_no_argument_no_address_and_no_word(desk, tools, tmp_path, capfd):
    canary = "canary-8e21-git-token"
    seen = tmp_path / "seen"
    wrapper = tmp_path / "bin" / "git"
    wrapper.parent.mkdir()
    real = shutil.which("git")
    wrapper.write_text(
        f'#!/bin/sh\n{{ echo "$0" "$@"; }} >> {seen}\nenv >> {seen}.env\n'
        f'[ "$1" = push ] && echo "remote: bad credentials {canary}" >&2 && exit 1\n'
        f'exec {real} "$@"\n'
    )
    wrapper.chmod(0o755)
    desk.environ |= {
        "PATH": f"{wrapper.parent}:{desk.environ['PATH']}",
        "SCHOLAR_METRICS_GIT_TOKEN": canary,
        "GIT_TRACE": "1",
        "GIT_TRACE_CURL": "1",
    }
    address = f"https://git.example/{desk.remote.name}"
    wrapped = f"url.{desk.remote.parent}/.insteadOf"
    desk.environ |= {
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": wrapped,
        "GIT_CONFIG_VALUE_0": "https://git.example/",
    }
    text = desk.refused(repo=address)
    assert "bad credentials ***" in text
    environment = (tmp_path / "seen.env").read_text()
    assert "http.https://git.example/.extraheader" in environment
    assert "GIT_TRACE" not in environment
    coded = re.search(r"Basic (\S+)", environment)[1]
    out = capfd.readouterr()
    for said in (seen.read_text(), text, out.out, out.err):
        assert canary not in said
        assert coded not in said
    left = [p for p in (*desk.root.rglob("*"), *desk.remote.rglob("*")) if p.is_file()]
    assert not [p for p in left if canary.encode() in p.read_bytes()]
