import json
import os
import subprocess
import sys

import pytest

HEAVY = {"scrapy", "twisted", "pandas", "pyarrow", "numpy", "pandera", "apprise", "apscheduler"}


@pytest.fixture
def known(home):
    """A home after one good run."""
    home.configure("google_scholar", "openalex")
    assert home.run("refresh").returncode == 0
    return home


@pytest.fixture
def configured(home):
    """A home before its first run."""
    home.configure("google_scholar", "openalex")
    return home


def lines(result, state):
    return [line for line in result.stdout.splitlines() if line.startswith(state)]


def test_doctor_loads_nothing_heavy_although_every_table_is_there(known):
    path = known.root / "scholar-metrics.toml"
    path.write_text(path.read_text() + "\n[notify]\n[publish]\n[schedule]\n")
    code = (
        "import sys; from pipeline.cli import run; run(['doctor']);"
        "print(sorted({m.partition('.')[0] for m in sys.modules}), file=sys.stderr)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=known.root, capture_output=True, text=True, check=True
    )
    assert "notify" in done.stdout
    loaded = set(json.loads(done.stderr.splitlines()[-1].replace("'", '"')))
    assert not loaded & HEAVY


def test_doctor_asks_nobody_unless_told_to(known):
    before = {name: len(server.requests) for name, server in known.running.items()}
    assert known.run("doctor").returncode == 0
    assert {name: len(server.requests) for name, server in known.running.items()} == before


def test_doctor_finds_a_sound_home_sound(known):
    result = known.run("doctor", "--deep")
    assert result.returncode == 0, result.stdout
    assert not lines(result, "wrong")
    assert "every file read" in result.stdout


def test_doctor_online_says_whom_each_provider_found(known):
    result = known.run("doctor", "--online")
    assert result.returncode == 0, result.stdout + result.stderr
    assert "ada, google_scholar: found Ada Sample, with 15 papers" in result.stdout
    assert "ada, openalex: found" in result.stdout
    assert "the clock agrees with that of 127.0.0.1" in result.stdout
    assert "publish: no repository is known" in result.stdout


def test_doctor_online_tells_an_id_that_nobody_has_from_a_wall(known):
    known.answer(
        "openalex", {"path": "/authors*", "status": 404}, {"path": "/works*", "status": 404}
    )
    known.answer("google_scholar", {"path": "/citations", "status": 403})
    known.configure("google_scholar", "openalex")
    result = known.run("doctor", "--online")
    assert result.returncode == 2
    assert any("ada, openalex: not found" in line for line in lines(result, "wrong"))
    assert any("ada, google_scholar: could not be told" in line for line in lines(result, "note"))


def test_doctor_deep_finds_the_flipped_bit_that_a_glance_leaves(known):
    victim = next((known.root / "kept" / "changes").rglob("*.parquet"))
    data = bytearray(victim.read_bytes())
    data[len(data) // 2] ^= 1
    victim.write_bytes(data)
    assert known.run("doctor").returncode == 0
    result = known.run("doctor", "--deep")
    assert result.returncode == 2
    assert any(victim.name in line for line in lines(result, "wrong"))


def test_doctor_json_is_one_document_with_a_state_for_each_line(known):
    document = known.json("doctor")
    assert document["schema"] == 1
    assert {f["state"] for f in document["findings"]} <= {"ok", "note", "wrong"}


def test_doctor_shows_no_key_and_no_address_of_the_environment(known):
    path = known.root / "scholar-metrics.toml"
    path.write_text(path.read_text() + "\n[notify]\n")
    env = dict(os.environ)
    env["OPENALEX_API_KEY"] = "canary-key-1"
    env["SCHOLAR_METRICS_NOTIFY"] = "json://127.0.0.1/canary-path-2\ncanary-line-3"
    result = known.run("-vv", "doctor", "--online", env=env)
    assert "notify: 2 addresses" in result.stdout
    assert "canary" not in result.stdout + result.stderr


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("allow_private_hosts = true", ""), "private address"),
        (('output = "out"', 'outptu = "out"'), "did you mean 'output'"),
        (('output = "out"', 'output = "scholar-metrics.toml/x"'), "cannot be written"),
    ],
)
def test_doctor_says_what_is_wrong_and_what_to_do(configured, change, says):
    path = configured.root / "scholar-metrics.toml"
    path.write_text(path.read_text().replace(*change))
    result = configured.run("doctor")
    assert result.returncode == 2
    assert says in result.stdout


def test_doctor_notes_a_missing_key_and_a_missing_contact(configured):
    env = {k: v for k, v in os.environ.items() if not k.endswith("_API_KEY")}
    result = configured.run("doctor", env=env)
    assert "no key in OPENALEX_API_KEY" in result.stdout
    assert "no `contact` is set" in result.stdout
