"""The published schemas against what is written, by a reader of the few words they use."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.model import CheckResult, Outcome, Repository, Run
from pipeline.writers import run_document
from pipeline.writers.metrics_json import document
from spiders.items import OutcomeKind

ROOT = Path(__file__).parents[3]
TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
}
KNOWN = {
    "$schema",
    "title",
    "$defs",
    "$ref",
    "type",
    "required",
    "additionalProperties",
    "properties",
    "patternProperties",
    "items",
    "const",
    "enum",
    "pattern",
    "minimum",
}


def faults(value, rule, whole, at="$"):
    assert set(rule) <= KNOWN, f"the reader of this test does not know {set(rule) - KNOWN}"
    if "$ref" in rule:
        rule = whole["$defs"][rule["$ref"].rpartition("/")[2]]
    kinds = [rule["type"]] if isinstance(rule.get("type"), str) else rule.get("type", [])
    is_flag = isinstance(value, bool) and "boolean" not in kinds
    if kinds and (is_flag or not any(isinstance(value, TYPES[k]) for k in kinds)):
        return [f"{at} is no {kinds}"]
    found = [*_plain(value, rule, at)]
    for position, item in enumerate(value if isinstance(value, list) else []):
        found += faults(item, rule.get("items", {}), whole, f"{at}[{position}]")
    for key, item in value.items() if isinstance(value, dict) else []:
        chosen = _rule_of(key, rule)
        if chosen is False:
            found.append(f"{at} must not have {key}")
        else:
            found += faults(item, chosen, whole, f"{at}.{key}")
    return found


def _plain(value, rule, at):
    if "const" in rule and value != rule["const"]:
        yield f"{at} is not {rule['const']}"
    if "enum" in rule and value not in rule["enum"]:
        yield f"{at} is none of {rule['enum']}"
    if "pattern" in rule and not re.search(rule["pattern"], value):
        yield f"{at} does not match"
    if "minimum" in rule and value < rule["minimum"]:
        yield f"{at} is too small"
    if isinstance(value, dict):
        yield from (f"{at} lacks {k}" for k in rule.get("required", []) if k not in value)


def _rule_of(key, rule):
    rules = [r for p, r in rule.get("patternProperties", {}).items() if re.search(p, key)]
    rest = rule.get("properties", {}).get(key, rule.get("additionalProperties", {}))
    return rules[0] if rules else rest


def schema(name):
    return json.loads((ROOT / "docs" / "schemas" / name).read_text("utf-8"))


def read(value):
    return json.loads(json.dumps(value))


def test_metrics_json_is_as_its_schema_says(make):
    series = (
        make.metrics(stated={"citations"}, lower_bounds={"h_index"}, counts_by_year_unknown=5),
        make.metrics(series="resolved", rule="max"),
        make.metrics("combined", "combined", rule="sum_versions"),
    )
    rule = schema("metrics.schema.json")
    repository = Repository(id="github:a/b", stars=7, as_of=make.AS_OF)
    works = make.author().works
    own = {"2yr_mean_citedness": 1.5, "category": "CV"}
    author = make.author(
        metrics=series,
        repositories=(repository,),
        others=works[:1],
        sources=(make.source(extra=own), make.source("openalex")),
    )
    found = read(document([author, make.author("two", shown=None)]))
    assert faults(found, rule, rule) == []
    of_a_group = {"members", "of_members"}
    assert set(found["authors"][0]) == set(rule["$defs"]["author"]["properties"]) - of_a_group

    of_source = found["authors"][0]["sources"]["google_scholar"]
    assert set(of_source) == set(rule["$defs"]["source"]["properties"])
    assert of_source["carried"] == {"2yr_mean_citedness": 1.5}


def test_a_group_in_metrics_json_is_as_the_schema_says(make, files):
    rule = schema("metrics.schema.json")
    group = make.author("lab", members=("me", "two"), figures="resolved")
    shot = make.snapshot(make.author(), make.author("two"))
    written = files(replace(shot, groups=(group,)))
    for path in ("metrics.json", "groups/lab/metrics.json"):
        found = json.loads(written[path])
        assert faults(found, rule, rule) == []
        (told,) = found["groups"]
        assert told["members"] == ["me", "two"]
        assert told["of_members"] == {
            "counted": 2,
            "citations_sum": 2500,
            "h_index_median": 2.0,
            "successive_h_index": 2,
        }


def test_run_json_is_as_its_schema_says():
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    outcomes = tuple(
        Outcome(author_key="me", provider="openalex", kind=k, reason="x", retry_after=1.0)
        for k in OutcomeKind
    )
    check = CheckResult(
        name="drop", author_key="me", provider="openalex", passed=True, blocking=True, detail=""
    )
    run = Run(
        run_id="r",
        started_at=moment,
        finished_at=moment,
        exit_code=0,
        outcomes=outcomes,
        checks=(check,),
        written=("a",),
        unchanged=0,
        versions={"python": "3"},
        stats={"a": 1, "b": "c"},
    )
    rule = schema("run.schema.json")
    found = read(run_document(run))
    assert faults(found, rule, rule) == []
    assert set(found) == set(rule["properties"])
    assert set(found["outcomes"][0]) == set(rule["$defs"]["outcome"]["properties"])


@pytest.mark.parametrize(
    ("change", "fault"),
    [({"schema": 2}, "is not 1"), ({"extra": 1}, "must not have"), ({"authors": None}, "is no")],
)
def test_the_reader_finds_faults(make, change, fault):
    rule = schema("metrics.schema.json")
    found = faults(read(document([make.author()])) | change, rule, rule)
    assert fault in "".join(found)


def test_every_json_example_of_the_page_can_be_read():
    text = (ROOT / "docs" / "artifacts.md").read_text("utf-8")
    examples = [json.loads(e) for e in re.findall(r"```json\n(.*?)```", text, flags=re.DOTALL)]
    assert len(examples) == 7
    for name, key in (("metrics.schema.json", "authors"), ("run.schema.json", "run_id")):
        rule = schema(name)
        [example] = [e for e in examples if key in e]
        assert faults(example, rule, rule) == []
