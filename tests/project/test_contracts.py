"""The project's own promises: imports, style and types hold, and nothing of a machine leaks."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def tracked_files() -> list[Path]:
    listed = run("git", "ls-files", "--cached", "--others", "--exclude-standard", "-z").stdout
    return [ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file()]


def test_imports_point_only_backwards_along_the_flow():
    result = run(str(BIN / "lint-imports"), "--no-cache")
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_code_is_lint_clean():
    result = run(str(BIN / "ruff"), "check", ".")
    assert result.returncode == 0, result.stdout


def test_the_code_is_formatted():
    result = run(str(BIN / "ruff"), "format", "--check", ".")
    assert result.returncode == 0, result.stdout


def test_types_are_strict():
    result = run(str(BIN / "mypy"))
    assert result.returncode == 0, result.stdout


def test_no_module_is_longer_than_300_lines():
    modules = [p for folder in ("pipeline", "spiders") for p in (ROOT / folder).rglob("*.py")]
    lengths = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in modules}
    long = {name: lines for name, lines in lengths.items() if lines > 300}
    assert modules
    assert not long


def test_no_file_names_a_machine_or_a_registry():
    # Written so that this file does not name them either.
    hosts = r"p[y]pi\.org|python[h]osted|registry\.[n]pmjs|deb\.[d]ebian"
    private = re.compile(rf"{hosts}|(?<![\w.])/(?:home|root|work|Users)/\w", re.IGNORECASE)
    found = []
    for path in tracked_files():
        text = path.read_bytes().decode("utf-8", "replace")
        found += [
            f"{path.relative_to(ROOT)}: {line.strip()[:100]}"
            for line in text.splitlines()
            if private.search(line)
        ]
    assert not found


def test_the_lock_file_pins_every_package_by_hash_and_names_no_index():
    text = (ROOT / "requirements.lock").read_text()
    packages = re.findall(r"(?m)^[a-z0-9][\w.-]*==\S+ \\\n    --hash=sha256:", text)
    lines = re.findall(r"(?m)^[a-zA-Z0-9]", text)
    assert len(packages) == len(lines) > 30
    assert "index-url" not in text
    assert "://" not in text


def test_every_dependency_is_used_by_the_program():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    names = [re.match(r"[\w-]+", line).group(0).lower() for line in project["dependencies"]]
    code = "\n".join(
        p.read_text() for d in ("pipeline", "spiders") for p in (ROOT / d).rglob("*.py")
    )
    unused = [n for n in names if not re.search(rf"(?m)^\s*(import|from) {n}\b", code)]
    assert names
    assert unused == []
