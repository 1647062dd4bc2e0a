"""Answers printed by those who defined a metric, or by respected tools; sources beside each."""

import pytest

from pipeline.metrics import measure_list

ROSENBERG = {
    "citations": [9, 14, 3, 9, 11, 2, 1, 2, 0, 1, 0, 42, 36, 2, 1, 0],
    "years": [1997] * 4 + [1998, 1999, 2000, 2000, 2001, 2001, 2001, 1997, 2000, 2001, 2000, 2000],
    "authors_counts": [1, 3, 4, 4, 2, 4, 4, 1, 1, 2, 2, 3, 3, 1, 1, 4],
    "self_citations": [1, 2, 0, 1, 3, 0, 0, 1, 0, 0, 0, 3, 2, 0, 0, 0],
    "now_year": 2001,
}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("papers", 16),
        ("citations", 133),
        ("citations_median", 2),
        ("cited_papers", 13),
        ("h_index", 6),
        ("h_core_citations", 121),
        ("g_index", 11),
        ("hg_index", 8.124),
        ("a_index", 121 / 6),
        ("r_index", 11),
        ("e_index", 9.2195),
        ("ar_index", 5.9624),
        ("h_core_median", 12.5),
        ("q2_index", 8.6603),
        ("hc_index", 7),
        ("hi_index", 2.25),
        ("hi_norm", 4),
        ("hm_index", 3),
        ("i10_index", 4),
        ("wu_w_index", 2),
        ("self_citations", 13),
        ("h_index_without_self", 6),
        ("fractional_citations", 54.4167),
        ("o_index", 15.8745),
        ("awcr", 41.8167),
        ("aw_index", 6.4666),
    ],
)
def test_the_worked_example_of_impactfactor(name, value):
    """Msrosenberg/ImpactFactor, test_impact_funcs.py; the last two recomputed by hand."""
    assert measure_list(**ROSENBERG)[name] == pytest.approx(value, abs=5e-5)


CASES = [
    (
        "YuLab-SMU/scholar test-metrics.R",
        [10, 8, 5, 4, 3, 0, None],
        {"papers": 7, "citations": 30, "h_index": 4, "g_index": 5, "i10_index": 1},
    ),
    ("agop index_h.Rd", [23, 21, 4, 2, 1, 0, 0], {"h_index": 3}),
    ("agop index_h.Rd", [11, 5, 4, 4, 3, 2, 2, 2, 2, 2, 1, 1, 1, 0, 0, 0, 0], {"h_index": 4}),
    ("agop index_h.Rd", [53, 43, 32, 23, 14, 13, 12, 8, 4, 3, 2, 1, 0], {"h_index": 8}),
    ("agop tutorial", [6, 5, 4, 2, 1, 0, 0], {"h_index": 3}),
    ("agop tests", [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], {"h_index": 5}),
    ("agop tests", [3, 3, 3, 3], {"h_index": 3}),
    ("agop tests", [100] * 100, {"h_index": 100}),
    ("agop tests, index_g", [1, 3], {"g_index": 2}),
    ("agop tests, index_g and index_g_zi", [9], {"g_index": 1, "g_index_padded": 3}),
    ("agop tests, index_g", [9, 0, 0], {"g_index": 3}),
    ("Google Scholar Metrics help", [17, 9, 6, 3, 2], {"h_index": 3, "h_core_median": 9}),
    ("Becoming Metric-Wise, p. 218", [8, 5, 5, 4, 4, 1, 0], {"g_index_padded": 5}),
    ("Becoming Metric-Wise, Table 7.6", [4, 4, 4, 4, 0, 0], {"h_index": 4, "g_index_padded": 4}),
    (
        "Becoming Metric-Wise, Table 7.6",
        [15, 10, 5, 3],
        {"h_index": 3, "g_index_padded": 5, "g_index": 4},
    ),
    ("Becoming Metric-Wise, Table 7.6", [3, 3, 3, 0, 0, 0], {"h_index": 3, "g_index_padded": 3}),
    ("Wikipedia, h-index", [10, 8, 5, 4, 3], {"h_index": 4}),
    ("Wikipedia, h-index", [25, 8, 5, 3, 3], {"h_index": 3}),
    ("Wikipedia, h-index", [9, 7, 6, 2, 1], {"h_index": 3}),
    ("BYU library guide", [51, 17, 11, 9, 8, 4, 2, 1, 0, 0], {"h_index": 5, "h_core_median": 11}),
    ("Guns and Rousseau 2009", [9, 7, 6, 5, 3, 0], {"h_index": 4}),
    (
        "scholarmetrics (its text says g = 6, its code 5)",
        [6, 10, 5, 46, 0, 2],
        {"h_index": 4, "g_index": 6, "g_index_padded": 8},
    ),
    ("definition", [0, 0, 0], {"papers": 3, "citations": 0, "h_index": 0, "g_index": 0}),
]


@pytest.mark.parametrize(("source", "citations", "expected"), CASES)
def test_published_lists_have_their_published_figures(source, citations, expected):
    found = measure_list(citations)

    assert {name: found[name] for name in expected} == expected


def test_schreibers_hm_of_egghe_2008():
    found = measure_list([10, 5, 3, 2, 1, 1], authors_counts=[2, 1, 3, 1, 1, 1])

    assert found["hm_index"] == pytest.approx(1.8333, abs=5e-5)


def test_publish_or_perish_identities_of_a_printed_report():
    """aasrc.org report: h 5 and e 7.07 mean an h-core of 75; m 0.56 is 5 / 9 years."""
    found = measure_list([27, 24, 12, 7, 5], years=[2008] * 5, now_year=2016)

    assert found["e_index"] == pytest.approx(7.07, abs=5e-3)
    assert found["m_quotient"] == pytest.approx(0.56, abs=5e-3)
    assert found["aw_index"] == pytest.approx(found["awcr"] ** 0.5)
