"""The seeds' owner, whole runs: each paper of the homepage gets its count under its own id.

The homepage and the profile are the owner's own; OpenAlex and Semantic Scholar are made up here
for exactly these papers, in the form of their answers: titles and ids are public, counts are not.
"""

import json
import os
import subprocess
import sys
from functools import cache, cached_property
from pathlib import Path

import pytest

from pipeline.config import load
from pipeline.history import History
from pipeline.identity import explain
from pipeline.refresh.showing import resolve_all
from spiders.pages import scholar_feed

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
SEEDS = RECORDED.resolve().parent / "seeds"

pytestmark = pytest.mark.skipif(
    not SEEDS.is_dir(), reason=f"NO SEEDS at {SEEDS}: set SCHOLAR_METRICS_RECORDED to their sibling"
)

OWNER = "Yushi Huang"
HARMONICA = "HarmoniCa: Harmonizing Training and Inference for Better Feature {} in Diffusion "
HARMONICA += "Transformer Acceleration"
MODES = "MoDES: Accelerating Mixture-of-Experts Multimodal Large Language Models via Dynamic "
MODES += "Expert Skipping"
# Title, arXiv id, year, and by OpenAlex: count, count of a version published elsewhere (or None).
PAPERS = [
    (
        MODES,
        *("2511.15690", 2025, 4, None),
    ),
    (
        "QVGen: Pushing the Limit of Quantized Video Generative Models",
        *("2505.11497", 2025, 6, None),
    ),
    (
        "Temporal Feature Matters: A Framework for Diffusion Model Quantization",
        *("2407.19547", 2024, 9, 3),
    ),
    (HARMONICA.format("Cache"), "2410.01723", 2024, 14, None),
    (
        "TFMQ-DM: Temporal Feature Maintenance Quantization for Diffusion Models",
        *("2311.16503", 2023, 30, 41),
    ),
    (
        "LinVideo: A Post-Training Framework towards O(n) Attention in Efficient Video Generation",
        *("2510.08318", 2025, 2, None),
    ),
    (
        "LLMC: Benchmarking Large Language Model Quantization with a Versatile Compression Toolkit",
        *("2405.06001", 2024, 20, None),
    ),
    (
        "LLMC+: Benchmarking Vision-Language Model Compression with a Plug-and-play Toolkit",
        *(None, 2025, 1, None),
    ),
    (
        "PTSBench: A Comprehensive Post-Training Sparsity Benchmark Towards Algorithms and Models",
        *(None, 2024, 5, None),
    ),
]
COUNTS = {
    "arxiv:2511.15690": 4,
    "arxiv:2505.11497": 6,
    "arxiv:2407.19547": 9,
    "arxiv:2410.01723": 14,
    "arxiv:2311.16503": 41,
    "arxiv:2510.08318": 2,
    "arxiv:2405.06001": 20,
    "openreview:UdAcn64u5f": 5,
}
ON_HOMEPAGE = {
    "arxiv:2511.15690",
    "arxiv:2505.11497",
    "arxiv:2407.19547",
    "arxiv:2410.01723",
    "arxiv:2311.16503",
}


def people(title):
    """The first authors as the profile has them, and the owner."""
    shown = [w.authors for w in read_profile().works if w.title.startswith(title.split()[0])]
    return [*dict.fromkeys([*(shown[0] if shown else ["Ruihao Gong"]), OWNER])]


def works_of_openalex():
    for number, (title, arxiv, year, count, published) in enumerate(PAPERS, 1):
        place = {"source": {"display_name": "A Place"}, "landing_page_url": "https://example.org"}
        first = {
            "id": f"https://openalex.org/W90000000{number:02d}",
            "title": title,
            "publication_year": year,
            "cited_by_count": count,
            "authorships": [{"author": {"display_name": n}} for n in people(title)],
            "primary_location": place,
        }
        if arxiv:
            first["doi"] = f"https://doi.org/10.48550/arxiv.{arxiv}"
            first["primary_location"] = {
                "source": {"display_name": "arXiv (Cornell University)"},
                "landing_page_url": f"http://arxiv.org/abs/{arxiv}",
            }
        yield first
        if published is not None:
            yield first | {
                "id": f"https://openalex.org/W91000000{number:02d}",
                "doi": f"https://doi.org/10.5555/published.{number}",
                "publication_year": year + 1,
                "cited_by_count": published,
                "primary_location": place,
            }


def papers_of_semantic_scholar():
    for number, (title, arxiv, year, count, _) in enumerate(PAPERS, 1):
        yield {
            "paperId": f"{number:040x}",
            "externalIds": {"CorpusId": 900 + number, **({"ArXiv": arxiv} if arxiv else {})},
            "title": title.replace("Feature Cache", "Feature Caching"),
            "year": year,
            "citationCount": count + 100,
            "authors": [{"name": f"{name[0]}. {name.split()[-1]}"} for name in people(title)],
        }


class Owner:
    """The owner's folder, and the four providers."""

    def __init__(self, root, servers):
        self.root, self.servers = root, servers
        tables = "\n".join(
            f'[providers.{name}]\nbase_url = "{server.url}"\ndelay = 0'
            for name, server in servers.items()
        )
        (root / "scholar-metrics.toml").write_text(
            'output = "out"\nhistory = "kept"\nallow_private_hosts = true\n'
            f'[[authors]]\nkey = "owner"\nname = "{OWNER}"\n'
            'ids = ["homepage:https://owner.example.org/", "scholar_feed:3805", '
            '"openalex:A9000000001", "semantic_scholar:900000001"]\n'
            '[providers]\norder = ["homepage", "scholar_feed", "openalex", "semantic_scholar"]\n'
            + tables
        )

    def run(self, *args):
        command = [sys.executable, "-m", "pipeline", *args]
        return subprocess.run(command, cwd=self.root, capture_output=True, text=True, check=False)

    @cached_property
    def works(self):
        config = load(self.root / "scholar-metrics.toml")
        return resolve_all(config, History(config.history_path).states())["owner"]

    def explain(self, needle):
        """What the command would show, without a process each."""
        return explain(self.works, needle)

    def papers(self):
        return json.loads((self.root / "out/gs_data.json").read_text())["publications"]

    def metrics(self):
        return json.loads((self.root / "out/metrics.json").read_text())["authors"][0]


def seed(number):
    (path,) = SEEDS.glob(f"{number}_*.txt")
    return path.read_bytes()


@cache
def read_profile():
    (page,) = scholar_feed.parse(seed("002"), headers={"Date": "Sun, 31 May 2026 10:00:00 GMT"})
    return page


def profile(reply):
    """The profile as its API would give it, out of the page that was saved."""
    page = read_profile()
    papers = [
        {
            "title": work.title,
            "year": work.year,
            "published_date": work.publication_date,
            "authors": list(work.authors),
            "n_authors": 9,
        }
        for work in page.works
    ]
    author = {"id": 3805, "name": page.author.name, "h_index": page.author.h_index}
    return {
        "/public/authors/3805": reply.json(author),
        "/public/authors/3805/papers": reply.json({"papers": papers, "limit": 50, "page": 1}),
    }


@pytest.fixture(scope="module")
def owner(stand_in, reply, tmp_path_factory):
    works = list(works_of_openalex())
    papers = list(papers_of_semantic_scholar())
    total = sum(work["cited_by_count"] for work in works)
    person = {
        "id": "https://openalex.org/A9000000001",
        "display_name": OWNER,
        "works_count": len(works),
        "cited_by_count": total,
        "summary_stats": {"h_index": 5, "i10_index": 4},
    }
    scholar = {
        "authorId": "900000001",
        "name": "Yushi Huang",
        "paperCount": len(papers),
        "citationCount": sum(paper["citationCount"] for paper in papers),
        "hIndex": len(papers),
        "papers": papers,
    }
    servers = {
        "homepage": stand_in({"/": [seed("000"), seed("001")]}),
        "scholar_feed": stand_in(profile(reply)),
        "openalex": stand_in(
            {
                "/authors/A9000000001": reply.json(person),
                "/works": reply.json(
                    {"meta": {"count": len(works), "next_cursor": None}, "results": works}
                ),
            }
        ),
        "semantic_scholar": stand_in({"/author/900000001": reply.json(scholar)}),
    }
    made = Owner(tmp_path_factory.mktemp("owner"), servers)
    for _ in range(2):
        done = made.run("refresh")
        assert done.returncode == 0, done.stderr
    return made


def test_each_paper_of_the_homepage_has_its_count_under_its_own_id(owner):
    papers = owner.papers()
    assert papers.keys() >= ON_HOMEPAGE
    said = {key: entry["num_citations"] for key, entry in papers.items() if key in COUNTS}
    assert said == COUNTS
    assert {papers[key]["provider"] for key in COUNTS} == {"openalex"}


def test_every_paper_is_one_paper_whoever_says_it(owner):
    """Seventeen of the profile and the two that it does not have."""
    assert owner.metrics()["works"] == 17 + 2
    for key in COUNTS:
        (work,) = owner.explain(key)
        assert {"openalex", "semantic_scholar"} <= {c.provider for c in work.counts}


@pytest.mark.parametrize(
    ("key", "providers"),
    [
        ("arxiv:2510.08318", {"homepage", "scholar_feed", "openalex", "semantic_scholar"}),
        ("arxiv:2410.01723", {"homepage", "openalex", "semantic_scholar"}),
        ("arxiv:2505.11497", {"homepage", "openalex", "semantic_scholar"}),
        ("openreview:UdAcn64u5f", {"homepage", "scholar_feed", "openalex", "semantic_scholar"}),
    ],
)
def test_who_lists_a_paper_is_told(owner, key, providers):
    (work,) = owner.explain(key)
    assert {c.provider for c in work.counts} == providers


def test_a_retitled_paper_is_joined_by_its_preprint_and_bears_the_owners_title(owner):
    (work,) = owner.explain("arxiv:2410.01723")
    assert {m.rule for m in work.merges} <= {"arxiv", "title", "doi"}
    assert any(m.evidence == "arxiv:2410.01723" for m in work.merges)
    assert work.title == HARMONICA.format("Caching")


def test_a_tool_and_its_sequel_stay_apart(owner):
    first = owner.explain("LLMC: Benchmarking Large Language Model Quantization")[0]
    second = owner.explain("LLMC+: Benchmarking Vision-Language Model Compression")[0]
    assert first.work_id != second.work_id
    assert len(first.counts) == 4  # homepage (not any more), profile, and the two that count
    assert len(second.counts) == 3


def test_one_repository_is_no_reason_to_join_its_two_papers(owner):
    found = owner.explain("github:modeltc/tfmq-dm")
    named = sorted(i for w in found for i in w.ids if i.startswith("arxiv:"))
    assert named == ["arxiv:2311.16503", "arxiv:2407.19547"]


def test_papers_that_nobody_else_has_are_left_as_they_are(owner):
    found = owner.explain("Reinforcing Few-step Generators via Reward-Tilted")
    assert [[c.provider for c in work.counts] for work in found] == [["scholar_feed"]]
    assert not any(work.merges for work in found)
