from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.writers import script
from pipeline.writers.acadhomepage import _INDICES, _RECENT
from spiders.registry import PROVIDERS, counts_citations

SOURCE = (Path(script.__file__).parent / "assets/scholar-metrics.js").read_text()


def test_the_script_is_written_as_it_is_shipped(make, files):
    assert files(make.snapshot())["scholar-metrics.js"].decode() == SOURCE


def test_no_script_is_written_while_no_number_is_known(make, files):
    nobody = replace(make.author(), sources=(), metrics=(), works=())
    assert "scholar-metrics.js" not in files(make.snapshot(nobody))


def test_the_script_names_every_provider_that_counts():
    named = dict(re.findall(r"(\w+): \"([^\"]+)\"", SOURCE.split("PROVIDERS = {")[1].split("}")[0]))
    counting = {name for name in PROVIDERS if counts_citations(name)}
    assert named == {n: PROVIDERS[n].title for n in counting} | {"combined": "several providers"}


def test_the_script_knows_the_keys_of_gs_data():
    fields = dict(re.findall(r"(\w+): \"(\w+)\"", SOURCE.split("FIELDS = {")[1].split("}")[0]))
    ours = {metric: key for key, metric in (_RECENT | _INDICES).items()}
    assert fields == ours | {"citations": "citedby"}


NEVER = ("innerHTML", "outerHTML", "insertAdjacent", ".write(", "setAttribute", ".style", "eval(")
NOR = ("Function(", "import(", "localStorage", "sessionStorage", ".cookie")


@pytest.mark.parametrize("word", NEVER + NOR)
def test_the_script_has_no_way_to_run_or_keep_anything(word):
    assert word not in SOURCE


def test_the_script_is_small():
    assert len(SOURCE.encode()) < 8_000
