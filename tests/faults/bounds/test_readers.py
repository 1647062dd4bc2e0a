"""Whatever stands in a file, a header or an option, only errors of ours come of it."""

import gzip
import io
import json
import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from time import process_time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.config import parse as parse_config
from pipeline.errors import ConfigError, ScholarMetricsError, StorageError
from pipeline.history import manifest, summary
from pipeline.measure import measure_file
from pipeline.notify import state as told
from pipeline.publish.past import finished_at
from pipeline.schedule import cron, journal
from spiders import ids
from spiders.middlewares.retry_after import retry_after

LONGER = int(os.environ.get("SCHOLAR_METRICS_FUZZ", "0"))
NOW = datetime(2026, 6, 1, tzinfo=UTC)
MB = 1_000_000


def fuzzed(examples):
    return settings(
        derandomize=not LONGER,
        max_examples=LONGER or examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


ODD = [
    "",
    "\0",
    "\ud800",
    "\ufeff",
    "9" * 5000,
    "-1",
    "1e999",
    "nan",
    "\u202e",
    "'",
    '"',
    "\r",
    "\n",
]


def mutated(text, extra):
    """A good text with parts replaced, doubled or cut."""
    parts = [p for p in text.replace("\n", "\0\n\0").replace(" ", "\0 \0").split("\0") if p]
    word = st.sampled_from([*parts, *ODD, *extra]) | st.text(max_size=5)

    def change(plan):
        found = list(parts)
        for at, what, with_ in plan:
            place = at % (len(found) or 1)
            if what == "replace" and found:
                found[place] = with_
            elif what == "insert":
                found.insert(place, with_)
            elif what == "double":
                found[place:place] = found[place : place + 5]
            else:
                del found[place : place + 2]
        return "".join(found)

    step = st.tuples(
        st.integers(0, 500), st.sampled_from(["replace", "insert", "double", "delete"]), word
    )
    return st.lists(step, max_size=6).map(change) | st.lists(word, max_size=20).map("".join)


CONFIG = """output = "out"
history = "past"
contact = "a@example.org"
stale_after = 14
deadline = 900.0
same_work = [ ["doi:10.1000/a", "doi:10.1000/b"] ]
[[authors]]
key = "ada"
name = "Ada Test"
ids = ["openalex:A1", "google_scholar:AAAAAAAAAAAJ"]
[providers]
order = ["openalex", "google_scholar"]
[providers.openalex]
base_url = "https://api.openalex.org"
delay = 0.2
[publish]
branch = "google-scholar-stats"
[schedule]
cron = "17 3 * * *"
timezone = "UTC"
"""


@fuzzed(120)
@given(
    mutated(CONFIG, ["[", "]", "{", "}", "=", "inf", "1979-05-27", "true", "[x]", "https://[::1"])
)
def test_a_configuration_is_read_or_refused(text):
    with suppress(ConfigError):
        parse_config(text, name="c.toml", base=Path("/"))


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 100_000,
        "a" + ".a" * 3_000 + " = 1",
        "a = " + "9" * MB,
        "a = " + "{a=" * 50_000,
        "#" * MB,
        'a = "' + "\\u0041" * 100_000 + '"',
        "a = 0x" + "f" * MB,
        "a = 9999-12-31T23:59:59+99:99",
        "a = 0000-00-00",
    ],
    ids=lambda text: text[:12],
)
def test_a_configuration_made_to_cost_is_refused_at_once(text):
    began = process_time()
    with pytest.raises(ConfigError) as caught:
        parse_config(text, name="c.toml", base=Path("/"))
    assert process_time() - began < 3
    assert len(str(caught.value)) < 2000


@fuzzed(150)
@given(mutated("17 3 1-5 jan-dec */2", ["*", "/", "-", ",", "7", "sun", "٣", "²"]))
def test_a_cron_expression_is_read_or_refused(text):
    with suppress(ConfigError):
        cron.parse(text)


SPELLINGS = (
    "doi:10.1000/x https://doi.org/10.48550/arXiv.2311.16503v2 orcid:0000-0002-1825-0097"
    " openalex:A1 https://openreview.net/forum?id=abc_def s2:12 https://github.com/a/b.git"
)


@fuzzed(200)
@given(mutated(SPELLINGS, ["%0a", "%00", "%ED%A0%80", "/", ":", "٣"]))
def test_an_identifier_has_one_normal_form_or_none(text):
    for found in (ids.normalise(text), *ids.from_doi(text)):
        assert found is None or (ids.normalise(found) == found and found.isprintable())
    for read in (ids.arxiv, ids.orcid, ids.openalex, ids.openreview, ids.github):
        read(text)


@pytest.mark.parametrize(
    "unit", ["10.1111.", "10.1111/", "1.", "a-", "%31", "arxiv:", " ", "github.com/", "0000-", "x/"]
)
def test_an_identifier_of_a_megabyte_takes_no_time(unit):
    text = unit * (MB // len(unit))
    began = process_time()
    for read in (ids.doi, ids.arxiv, ids.orcid, ids.openalex, ids.openreview, ids.github):
        read(text)
    for scheme in ids.schemes():
        ids.normalise(f"{scheme}:{text}")
    assert process_time() - began < 3


@fuzzed(200)
@given(
    mutated("Wed, 21 Oct 2099 07:28:00 GMT", ["+9999", "-99999999999999999999", "120", "٣", "0"])
)
def test_a_wait_is_a_number_of_seconds_or_unsaid(text):
    found = retry_after(text, now=NOW)
    assert found is None or 0 <= found < 1e15


MANIFEST = manifest.dump(manifest.Manifest(sequence=3, last_at=NOW)).decode()


def signed(text):
    """The manifest with a checksum that fits, so that what is inside is looked at."""
    try:
        body = json.loads(text)
        body.pop("sha256", None)
        return json.dumps(body | {"sha256": manifest._checksum(body)})
    except (ValueError, AttributeError, TypeError, RecursionError):
        return text


@fuzzed(200)
@given(mutated(MANIFEST, ["[]", "{}", "null", "1e999", "NaN", ":", ",", '"schema"', "true"]))
def test_a_manifest_is_read_or_called_unreadable(text):
    for form in (text, signed(text)):
        try:
            manifest.load(form.encode("utf-8", "surrogatepass"))
        except (manifest.Unreadable, StorageError):
            continue


SUMMARY = json.dumps(
    {
        "sources": [
            dict.fromkeys(
                ("author_key", "provider", "name", "outcome", "reason", "asked_at", "run_id"), "x"
            )
            | {"stated": {}, "listed": {}, "held": {}, "is_truncated": False, "gone": 0}
            | dict.fromkeys(("as_of", "checked_at", "changed_at"), "2026-01-01T00:00:00+00:00")
            | {"outcome": "fresh", "asked_at": None}
        ]
    }
)


@fuzzed(150)
@given(mutated(SUMMARY, ["[]", "{}", "null,", "1,", "[" * 2000, '"0001-01-01T00:00:00+14:00",']))
def test_a_summary_is_read_or_called_none(text):
    try:
        summary.load(text.encode("utf-8", "surrogatepass"))
    except ValueError:
        return


RUN = json.dumps(
    {"schema": 1, "run_id": "x", "finished_at": "2026-01-01T00:00:00+00:00", "exit_code": 0}
    | {"digest_at": "0001-01-01T00:00:00+14:00", "failures": {}, "stale": {"a": "9999-12-31"}}
    | {"pid": 1, "host": "x", "missed": [], "last_run": {}}
)


@fuzzed(150)
@given(mutated(RUN, ["[]", "{}", "null", "[" * 2000, '"0001-01-01T00:00:00+23:59",', "1" * 400]))
def test_records_of_past_runs_are_read_or_count_as_none(tmp_path_factory, text):
    root = tmp_path_factory.getbasetemp() / "past"
    root.mkdir(exist_ok=True)
    data = text.encode("utf-8", "surrogatepass")
    for name in ("run.json", told.FILE, journal.NAME):
        (root / name).write_bytes(data)
    assert finished_at(data) is None or finished_at(data).tzinfo
    assert told.load(root, now=NOW).stale is not None
    journal.read(root)
    journal.last_run_at(root)


CSV = 'author_id,title,year,cited_by_count,authors_count\nada,A title,2020,12,3\nada,"B, c",,0,1\n'
BIB = """@article{a,
 title = {A {T}itle},
 year = 2020,
 author = {A and B},
 note = {Cited by 3}
}
"""


def measured(path):
    with suppress(ScholarMetricsError):
        measure_file(path, now_year=2026)


@fuzzed(60)
@given(
    mutated(CSV, [",", ",,", "1.5", "½", "1e3", " ", "2147483648", "9223372036854775808", "inf"])
)
def test_a_csv_is_measured_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "x.csv"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    measured(path)


@fuzzed(60)
@given(mutated(BIB, ["@", "{", "}", ",", "=", "@string{a = 1}", "@comment", '"', "#", "\\"]))
def test_a_bibtex_file_is_measured_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "x.bib"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    measured(path)


def parquet():
    table = pa.table({"author_id": ["a", "b"], "cited_by_count": [1, 2], "year": [2020, None]})
    stream = io.BytesIO()
    pq.write_table(table, stream, compression="none")
    return stream.getvalue()


PARQUET = parquet()
ZIPPED = gzip.compress(CSV.encode())


@fuzzed(60)
@given(
    st.sampled_from([(".parquet", PARQUET), (".csv.gz", ZIPPED)]),
    st.lists(st.tuples(st.integers(0, 5000), st.binary(max_size=4)), min_size=1, max_size=4),
    st.integers(0, 5000),
)
def test_a_damaged_file_is_measured_or_refused(tmp_path_factory, kind, changes, length):
    suffix, good = kind
    data = bytearray(good)
    for at, new in changes:
        place = at % len(data)
        data[place : place + len(new)] = new
    path = tmp_path_factory.getbasetemp() / f"x{suffix}"
    path.write_bytes(data[: length or None])
    measured(path)
