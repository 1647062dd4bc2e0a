"""The h-index and its relatives that need nothing but the counts."""

from __future__ import annotations

from pipeline.metrics.catalogue.metric import COUNTS, Metric

_LEFT_OUT = "Papers whose count is unknown are left out; null when no count is known."
_CORE = "The h-core is the top h papers: by citations, then the youngest, then as listed."
_SCHOLAR = "Google Scholar, author profiles"
_TEIXEIRA = "Teixeira da Silva 2021, Scientometrics, doi:10.1007/s11192-020-03831-9"


def _over(least: int, source: str) -> Metric:
    return Metric(
        name=f"i{least}_index",
        title=f"i{least}-index",
        definition=f"Number of papers with {least} citations or more.",
        source=source,
        convention=_LEFT_OUT,
        needs=COUNTS,
        unit="papers",
    )


H_FAMILY = (
    Metric(
        name="h_index",
        title="h-index",
        definition="Largest h such that h papers have h citations or more each.",
        source="Hirsch 2005, PNAS 102:16569, doi:10.1073/pnas.0507655102",
        convention=f"0 without citations. {_LEFT_OUT}",
        needs=COUNTS,
        unit="index",
    ),
    Metric(
        name="g_index",
        title="g-index",
        definition="Largest g such that the top g papers have g^2 citations or more together.",
        source="Egghe 2006, Scientometrics 69:131, doi:10.1007/s11192-006-0144-7",
        convention="Capped: at most the number of papers of known count, uncited ones included "
        "(Publish or Perish, agop index_g, R scholar).",
        needs=COUNTS,
        unit="index",
    ),
    Metric(
        name="g_index_padded",
        title="g-index, padded",
        definition="g-index of the list with as many uncited papers added as it takes.",
        source="Egghe 2006, Scientometrics 69:131, doi:10.1007/s11192-006-0144-7",
        convention="Zero-padded: may exceed the number of papers (agop index_g_zi).",
        needs=COUNTS,
        unit="index",
    ),
    _over(10, _SCHOLAR),
    _over(50, _TEIXEIRA),
    _over(100, _TEIXEIRA),
    _over(1000, _TEIXEIRA),
    Metric(
        name="h_core_citations",
        title="Citations of the h-core",
        definition="Sum of the citations of the h-core.",
        source="Jin 2006; Jin et al. 2007, Chinese Science Bulletin 52:855",
        convention=_CORE,
        needs=COUNTS,
        unit="citations",
    ),
    Metric(
        name="h_core_median",
        title="Median of the h-core",
        definition="Median of the citations of the h-core (Bornmann's m-index).",
        source="Bornmann, Mutz and Daniel 2008, JASIST 59:830",
        convention="0 at h = 0. Not the m-quotient.",
        needs=COUNTS,
        unit="citations",
        is_integer=False,
    ),
    Metric(
        name="e_index",
        title="e-index",
        definition="Square root of the h-core's citations beyond h^2.",
        source="Zhang 2009, PLoS ONE 4:e5429, doi:10.1371/journal.pone.0005429",
        convention="0 at h = 0.",
        needs=COUNTS,
        unit="index",
        is_integer=False,
    ),
    Metric(
        name="r_index",
        title="R-index",
        definition="Square root of the h-core's citations.",
        source="Jin et al. 2007, Chinese Science Bulletin 52:855",
        convention="0 at h = 0.",
        needs=COUNTS,
        unit="index",
        is_integer=False,
    ),
    Metric(
        name="a_index",
        title="A-index",
        definition="Mean citations of the h-core.",
        source="Jin 2006, Science Focus 1:8; Jin et al. 2007, Chinese Science Bulletin 52:855",
        convention="Divided by h, not by all papers; null at h = 0.",
        needs=COUNTS,
        unit="citations",
        is_integer=False,
    ),
    Metric(
        name="hg_index",
        title="hg-index",
        definition="Square root of h times g.",
        source="Alonso et al. 2010, Scientometrics 82:391",
        convention="With the capped g. 0 at h = 0.",
        needs=COUNTS,
        unit="index",
        is_integer=False,
    ),
    Metric(
        name="q2_index",
        title="q2-index",
        definition="Square root of h times the median of the h-core.",
        source="Cabrerizo et al. 2010, Journal of Informetrics 4:23",
        convention="0 at h = 0.",
        needs=COUNTS,
        unit="index",
        is_integer=False,
    ),
    Metric(
        name="wu_w_index",
        title="w-index (Wu)",
        definition="Largest w such that w papers have 10w citations or more each.",
        source="Wu 2010, JASIST 61:609",
        convention="Wu's w, not Woeginger's.",
        needs=COUNTS,
        unit="index",
    ),
    Metric(
        name="o_index",
        title="o-index",
        definition="Square root of h times the count of the most cited paper.",
        source="Dorogovtsev and Mendes 2015, Nature Physics 11:882",
        convention="0 at h = 0.",
        needs=COUNTS,
        unit="index",
        is_integer=False,
    ),
)
