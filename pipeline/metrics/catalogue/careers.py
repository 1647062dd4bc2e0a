"""Metrics that know the years of papers, or how many people wrote them."""

from __future__ import annotations

from pipeline.metrics.catalogue.metric import DATED, SHARED, Metric

_AGE = "Age is now - year + 1, and 1 for a year to come. Papers of unknown year are left out;"
_UNSURE = "Null when an unknown number of authors could change it."

AGED = (
    Metric(
        name="ar_index",
        title="AR-index",
        definition="Square root of the sum over the h-core of citations divided by age.",
        source="Jin et al. 2007, Chinese Science Bulletin 52:855",
        convention=f"{_AGE} null when no year is known.",
        needs=DATED,
        unit="index",
        is_integer=False,
    ),
    Metric(
        name="hc_index",
        title="hc-index (contemporary)",
        definition="h-index over 4 times citations divided by age.",
        source="Sidiropoulos, Katsaros and Manolopoulos 2007, Scientometrics 72:253",
        convention=f"gamma = 4, delta = 1. {_AGE} null when no year is known.",
        needs=DATED,
        unit="index",
    ),
    Metric(
        name="m_quotient",
        title="m-quotient",
        definition="h-index divided by the years of the career.",
        source="Hirsch 2005, PNAS 102:16569, doi:10.1073/pnas.0507655102",
        convention="Years are now - first year + 1, at least 1 (bibliometrix); "
        "null when no year is known.",
        needs=DATED,
        unit="index/year",
        is_integer=False,
    ),
    Metric(
        name="m_quotient_zero_based",
        title="m-quotient, zero-based",
        definition="h-index divided by the years since the first paper.",
        source="Hirsch 2005, PNAS 102:16569, doi:10.1073/pnas.0507655102",
        convention="Years are now - first year (Rosenberg 2013); null in the first year, "
        "and when no year is known.",
        needs=DATED,
        unit="index/year",
        is_integer=False,
    ),
    Metric(
        name="awcr",
        title="AWCR",
        definition="Sum over all papers of citations divided by age.",
        source="Harzing, Publish or Perish, after Jin 2007, ISSI Newsletter 3:6",
        convention=f"{_AGE} null when no year is known.",
        needs=DATED,
        unit="citations/year",
        is_integer=False,
    ),
    Metric(
        name="aw_index",
        title="AW-index",
        definition="Square root of AWCR.",
        source="Harzing, Publish or Perish, after Jin 2007, ISSI Newsletter 3:6",
        convention=f"{_AGE} null when no year is known.",
        needs=DATED,
        unit="index",
        is_integer=False,
    ),
    Metric(
        name="h5_recent_papers",
        title="h5-index (recent papers)",
        definition="h-index over the papers published in the last five complete years.",
        source="Google Scholar Metrics, help page",
        convention="From now - 5 to now - 1. Not the h-index `since` of author profiles, which "
        "takes citations received lately. Papers of unknown year are left out; null when no year "
        "is known.",
        needs=DATED,
        unit="index",
    ),
)

SHARES = (
    Metric(
        name="hi_index",
        title="hI-index",
        definition="h^2 divided by the number of authors of the h-core, added up.",
        source="Batista et al. 2006, Scientometrics 68:179",
        convention="0 at h = 0. Null when a paper of the h-core has an unknown number of authors.",
        needs=SHARED,
        unit="index",
        is_integer=False,
    ),
    Metric(
        name="hi_norm",
        title="hI,norm",
        definition="h-index over citations divided by the number of authors.",
        source="Harzing, Publish or Perish; Harzing, Alakangas and Adams 2014, "
        "Scientometrics 99:811",
        convention=f"No cap on the number of authors. {_UNSURE}",
        needs=SHARED,
        unit="index",
    ),
    Metric(
        name="hi_annual",
        title="hI,annual",
        definition="hI,norm divided by the years of the career.",
        source="Harzing, Alakangas and Adams 2014, Scientometrics 99:811",
        convention="Years as in m_quotient. Null when hI,norm is, or when no year is known.",
        needs=SHARED | DATED,
        unit="index/year",
        is_integer=False,
    ),
    Metric(
        name="hm_index",
        title="hm-index",
        definition="Largest effective rank (sum of 1 / authors over the papers by citations) "
        "that its paper's citations reach.",
        source="Schreiber 2008, New Journal of Physics 10:040201",
        convention=f"Equal counts: the youngest first, then as listed. {_UNSURE}",
        needs=SHARED,
        unit="index",
        is_integer=False,
    ),
    Metric(
        name="fractional_papers",
        title="Fractional papers",
        definition="Sum of 1 / authors over all papers.",
        source="Price 1981; Egghe 2008",
        convention="Null when a number of authors is unknown.",
        needs=frozenset({"authors_count"}),
        unit="papers",
        is_integer=False,
    ),
    Metric(
        name="fractional_citations",
        title="Fractional citations",
        definition="Sum of citations / authors over all papers.",
        source="Price 1981; Egghe 2008",
        convention="Null when a cited paper's number of authors is unknown.",
        needs=SHARED,
        unit="citations",
        is_integer=False,
    ),
)
