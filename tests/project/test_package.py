"""What is shipped: the wheel holds the two packages with their data, and nothing else."""

import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    return folder


def wheel_names(built: Path) -> list[str]:
    (wheel,) = built.glob("*.whl")
    return zipfile.ZipFile(wheel).namelist()


def test_the_wheel_holds_both_packages_and_nothing_beside_them(built):
    tops = {name.split("/")[0] for name in wheel_names(built)}
    assert {t for t in tops if not t.endswith(".dist-info")} == {"pipeline", "spiders"}


def test_the_wheel_holds_the_sample(built):
    pages = [n for n in wheel_names(built) if n.startswith("pipeline/sample/pages/")]
    assert any("google_scholar" in n for n in pages)
    assert any("openalex" in n for n in pages)
    assert any("semantic_scholar" in n for n in pages)


def test_the_wheel_holds_what_pages_are_made_of(built):
    names = wheel_names(built)
    assert "pipeline/writers/assets/scholar-metrics.js" in names
    assert any(n.startswith("pipeline/writers/report/templates/") for n in names)


def test_the_wheel_holds_no_results_and_no_tests(built):
    for name in wheel_names(built):
        assert "__pycache__" not in name
        assert not name.startswith(("output/", "tests/"))


def test_the_source_archive_holds_no_results(built):
    (archive,) = built.glob("*.tar.gz")
    with tarfile.open(archive) as tar:
        names = [n.split("/", 1)[1] for n in tar.getnames() if "/" in n]
    assert [n for n in names if n.startswith("output/")] == ["output/README.md"]
    assert {"requirements.lock", "requirements-run.lock"} <= set(names)
    assert not [n for n in names if n.startswith(".venv")]


def test_the_command_is_an_entry_point(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("entry_points.txt")]
        assert "scholar-metrics = pipeline.cli:main" in archive.read(name).decode()


def test_it_cannot_be_uploaded_by_accident(built):
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        (name,) = [n for n in archive.namelist() if n.endswith("/METADATA")]
        assert "Classifier: Private :: Do Not Upload" in archive.read(name).decode()
