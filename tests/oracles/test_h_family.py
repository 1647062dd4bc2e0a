"""The figures against the shared list of known answers, where it is at hand."""

import json
import os
from pathlib import Path

import pytest

from pipeline.metrics import measure_list

ROOT = Path(__file__).resolve().parents[2]
ORACLES = (
    Path(os.environ.get("SCHOLAR_METRICS_ORACLES", ROOT.parent / "shared" / "oracles"))
    / "h-family.json"
)
NAMES = {
    "total": "citations",
    "median": "citations_median",
    "h": "h_index",
    "g_capped": "g_index",
    "g_padded": "g_index_padded",
    "e": "e_index",
    "r": "r_index",
    "ar": "ar_index",
    "hg": "hg_index",
    "q2": "q2_index",
    "hc": "hc_index",
    "hi": "hi_index",
    "hm": "hm_index",
    "i10": "i10_index",
    "wu_w": "wu_w_index",
    "sharpened_h": "h_index_without_self",
    "aw": "aw_index",
}
LEAST_CASES = 19


def cases():
    if not ORACLES.is_file():
        return []
    return json.loads(ORACLES.read_text(encoding="utf-8"))["cases"]


@pytest.mark.skipif(not ORACLES.is_file(), reason=f"NO ORACLES: {ORACLES} is missing")
def test_the_list_of_known_answers_is_whole():
    answers = sum(len(case["expect"]) for case in cases())
    print(f"{len(cases())} lists with {answers} known answers")

    assert len(cases()) >= LEAST_CASES


@pytest.mark.parametrize("case", cases(), ids=lambda case: case["name"])
def test_each_known_answer_is_given(case):
    found = measure_list(
        case["citations"],
        years=case.get("years"),
        authors_counts=case.get("authors"),
        self_citations=case.get("self_citations"),
        now_year=case.get("now"),
    )

    for name, value in case["expect"].items():
        assert found[NAMES.get(name, name)] == pytest.approx(value, abs=5e-5), name
