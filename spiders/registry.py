"""The one list of providers: adding a provider adds a row here and touches nothing else."""

from __future__ import annotations

from spiders.items import Provider

_ROWS = (
    Provider(
        name="google_scholar",
        title="Google Scholar",
        page="spiders.pages.google_scholar",
        spider="spiders.google_scholar:GoogleScholarSpider",
        base_url="https://scholar.google.com",
        hosts=("scholar.google.com",),
        id_schemes=("google_scholar",),
        delay=45.0,
        robots=True,
        max_requests_per_author=1,
        totals_from_list=True,
        logo="googlescholar",
        profile_url="https://scholar.google.com/citations?user={id}",
    ),
    Provider(
        name="openalex",
        title="OpenAlex",
        page="spiders.pages.openalex",
        spider="spiders.openalex:OpenAlexSpider",
        base_url="https://api.openalex.org",
        hosts=("api.openalex.org",),
        id_schemes=("openalex", "orcid"),
        delay=0.15,
        concurrency=2,
        robots=False,
        api_key_env="OPENALEX_API_KEY",
        max_requests_per_author=200,
        profile_url="https://openalex.org/{id}",
    ),
    Provider(
        name="semantic_scholar",
        title="Semantic Scholar",
        page="spiders.pages.semantic_scholar",
        spider="spiders.semantic_scholar:SemanticScholarSpider",
        base_url="https://api.semanticscholar.org/graph/v1",
        hosts=("api.semanticscholar.org",),
        id_schemes=("semantic_scholar",),
        delay=1.1,
        robots=False,
        api_key_env="SEMANTIC_SCHOLAR_API_KEY",
        max_requests_per_author=50,
        logo="semanticscholar",
        profile_url="https://www.semanticscholar.org/author/{id}",
    ),
)

PROVIDERS: dict[str, Provider] = {row.name: row for row in _ROWS}
"""Every provider by name, in the default order of preference of the command."""
