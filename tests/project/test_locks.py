"""The two lists of versions: one to work with, and the part of it that a night's job runs on."""

import re
import tomllib
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
LOCKED_FOR = {
    "python_version": "3.11",
    "python_full_version": "3.11.7",
    "sys_platform": "linux",
    "platform_system": "Linux",
    "os_name": "posix",
    "platform_python_implementation": "CPython",
}


def locked(name):
    """Version and hashes of each package of a list."""
    text = (ROOT / name).read_text()
    found = re.findall(r"(?m)^([a-z0-9][\w.-]*)==(\S+)((?: \\\n    --hash=\S+)+)", text)
    assert len(found) == len(re.findall(r"(?m)^[a-zA-Z0-9]", text))
    return {package: (version, frozenset(hashes.split())) for package, version, hashes in found}


def needed(lines):
    """Names of all packages that these requirements lead to, as what is installed says."""
    found, asked = set(), [Requirement(line) for line in lines]
    seen = set()
    while asked:
        one = asked.pop()
        for extra in ("", *one.extras):
            key = canonicalize_name(one.name), extra
            if key in seen:
                continue
            seen.add(key)
            found.add(key[0])
            asked += [
                other
                for other in map(Requirement, said_by(key[0]))
                if other.marker is None or other.marker.evaluate({**LOCKED_FOR, "extra": extra})
            ]
    return found


def said_by(package):
    try:
        return requires(package) or []
    except PackageNotFoundError:  # one that only another Python needs
        return []


RUN = locked("requirements-run.lock")


def test_what_a_job_runs_on_is_a_part_of_what_is_worked_with():
    whole = locked("requirements.lock")
    assert RUN.items() < whole.items()


def test_it_is_what_a_refresh_its_extras_and_the_build_need_and_no_tool_besides():
    wanted = needed(
        [
            *PROJECT["project"]["dependencies"],
            *EXTRAS["charts"],
            *EXTRAS["notify"],
            *PROJECT["build-system"]["requires"],
        ]
    )
    assert set(RUN) == wanted
    assert wanted.isdisjoint({"pytest", "mypy", "ruff", "playwright", "pip-tools", "dask", "numba"})


def test_it_names_no_index():
    text = (ROOT / "requirements-run.lock").read_text()
    assert "://" not in text
    assert "index-url" not in text
