"""The owner's own documents: three profiles of Scholar Feed and two versions of a homepage."""
# ruff: noqa: E501 - a record is one line of the table

import os
from pathlib import Path

import pytest

from spiders.pages import homepage, scholar_feed

PROJECT = Path(__file__).parents[2]
RECORDED = PROJECT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
SEEDS = RECORDED.resolve().parent / "seeds"

pytestmark = pytest.mark.skipif(
    not SEEDS.is_dir(), reason=f"NO SEEDS at {SEEDS}: set SCHOLAR_METRICS_RECORDED to their sibling"
)

READ = {"Date": "Sun, 31 May 2026 10:00:00 GMT"}
"""A day of the year that the pages were read in: their latest date is 30 May 2026."""

HEADS = {
    "002": ("Yushi Huang", "CV", 28, 17, 161, 52, 61),
    "003": ("Ruihao Gong", "CV", 30, 50, 4076, 50, 64),
    "004": ("Zhihang Yuan", "LG", 27, 11, 1023, 50, 52),
}
# Date, category, score, whether there is code, authors shown (+: and more), letters of the
# abstract, title.
RECORDS = {
    "002": """
2026-05-28 CV - code 3+ 1360 SGMD: Score Gradient Matching Distillation for Few-Step Video Diffusion Distillation
2023-11-27 CV - code 3+ 1905 TFMQ-DM: Temporal Feature Maintenance Quantization for Diffusion Models
2026-05-25 CV - code 3+ 1520 Reinforcing Few-step Generators via Reward-Tilted Distribution Matching
2026-02-04 CV - code 3+ 1663 Light Forcing: Accelerating Autoregressive Video Diffusion via Sparse Attention
2026-02-02 CL - code 3+ 1304 Focus-dLLM: Accelerating Long-Context Diffusion LLM Inference via Confidence-Guided Context Focusing
2024-07-28 CV - - 3+ 1714 Temporal Feature Matters: A Framework for Diffusion Model Quantization
2025-11-30 CV - - 3+ 1211 Feed-Forward 3D Gaussian Splatting Compression with Long-Context Modeling
2026-02-22 CV - - 3+ 1277 Flash-VAED: Plug-and-Play VAE Decoders for Efficient Video Generation
2024-12-10 LG - code 3+ 1348 PTSBench: A Comprehensive Post-Training Sparsity Benchmark Towards Algorithms and Models
2026-04-03 CV - code 3+ 1492 Salt: Self-Consistent Distribution Matching with Cache-Aware Training for Fast Video Generation
2026-03-16 CV - - 3+ 1466 Real-Time Human Frontal View Synthesis from a Single Image
2025-08-08 CL - code 3+ 1419 SlimInfer: Accelerating Long-Context LLM Inference via Dynamic Token Pruning
2025-08-13 CV - code 3+ 1456 LLMC+: Benchmarking Vision-Language Model Compression with a Plug-and-play Toolkit
2024-05-09 LG - code 3+ 1305 LLMC: Benchmarking Large Language Model Quantization with a Versatile Compression Toolkit
2025-08-05 CV - - 3+ 1417 VLMQ: Efficient Post-Training Quantization for Large Vision-Language Models via Hessian Augmentation
2025-11-19 CV - - 3+ 1716 MoDES: Accelerating Mixture-of-Experts Multimodal Large Language Models via Dynamic Expert Skipping
2025-10-09 CV - - 3+ 1504 LinVideo: A Post-Training Framework towards O(n) Attention in Efficient Video Generation
""",
    "003": """
2023-04-18 CL - code 3+ 1421 Outlier Suppression+: Accurate quantization of large language models by equivalent and optimal shifting and scaling
2022-03-11 CV - code 3+ 1249 QDrop: Randomly Dropping Quantization for Extremely Low-bit Post-Training Quantization
2022-09-27 LG - code 3+ 1801 Outlier Suppression: Pushing the Limit of Low-bit Transformer Language Models
2026-05-29 CL 97.5 code 2 1208 Incremental BPE Tokenization
2026-05-30 CV 72.2 - 3+ 1023 Collaborative Few-Step Distillation and Low-Bit Quantization for Wan2.2 Dual-Expert Video Diffusion Models
2023-11-27 CV - code 3+ 1905 TFMQ-DM: Temporal Feature Maintenance Quantization for Diffusion Models
2026-05-28 CV 92.5 code 3+ 1360 SGMD: Score Gradient Matching Distillation for Few-Step Video Diffusion Distillation
2023-07-01 LG - code 3+ 1339 SysNoise: Exploring and Benchmarking Training-Deployment System Inconsistency
2026-03-17 SE 98.9 code 3+ 1144 InCoder-32B: Code Foundation Model for Industrial Scenarios
2023-08-08 CV - code 3+ 1263 Lossy and Lossless (L$^2$) Post-training Model Size Compression
2022-09-28 LG - - 3+ 1508 Exploring the Relationship between Architecture and Adversarially Robust Generalization
2023-10-12 CL - - 3+ 1906 QLLM: Accurate and Efficient Low-Bitwidth Quantization for Large Language Models
2024-07-30 AI - code 3+ 1407 OmniBal: Towards Fast Instruction-Tuning for Vision-Language Models via Omniverse Computation Balance
2024-09-25 AI - - 3+ 1309 A Survey of Low-bit Large Language Models: Basics, Systems, and Algorithms
2026-02-04 CV - code 3+ 1663 Light Forcing: Accelerating Autoregressive Video Diffusion via Sparse Attention
2026-02-02 CL - code 3+ 1304 Focus-dLLM: Accelerating Long-Context Diffusion LLM Inference via Confidence-Guided Context Focusing
2024-07-28 CV - - 3+ 1714 Temporal Feature Matters: A Framework for Diffusion Model Quantization
2026-05-25 DC 85.5 - 3+ 1415 DisagFusion: Asynchronous Pipeline Parallelism and Elastic Scheduling for Disaggregated Diffusion Serving
2026-01-26 RO - - 3+ 1158 Advances and Innovations in the Multi-Agent Robotic System (MARS) Challenge
2025-10-31 CV - code 3+ 1735 Phased DMD: Few-step Distribution Matching Distillation via Score Matching within Subintervals
2024-12-10 LG - code 3+ 1348 PTSBench: A Comprehensive Post-Training Sparsity Benchmark Towards Algorithms and Models
2026-04-03 AR 96.0 code 3+ 1247 InCoder-32B-Thinking: Industrial Code World Model for Thinking
2025-06-04 CL - code 3+ 1183 Pre$^3$: Enabling Deterministic Pushdown Automata for Faster Structured LLM Generation
2025-03-10 LG - code 3+ 1337 Hierarchical Balance Packing: Towards Efficient Supervised Fine-tuning for Long-Context LLM
2026-05-12 CV 84.7 - 3+ 1893 SenseNova-U1: Unifying Multimodal Understanding and Generation with NEO-unify Architecture
2025-08-13 CV - code 3+ 1456 LLMC+: Benchmarking Vision-Language Model Compression with a Plug-and-play Toolkit
2024-05-09 CV - code 3+ 1308 Fast and Controllable Post-training Sparsity: Learning Optimal Sparsity Allocation with Global Constraint in Minutes
2024-05-09 LG - code 3+ 1305 LLMC: Benchmarking Large Language Model Quantization with a Versatile Compression Toolkit
2021-09-11 CV - code 3+ 1586 RobustART: Benchmarking Robustness on Architecture Design and Training Techniques
2021-06-13 LG - code 3+ 1276 A Free Lunch From ANN: Towards Efficient, Accurate Spiking Neural Networks Calibration
2021-02-10 LG - code 3+ 1232 BRECQ: Pushing the Limit of Post-Training Quantization by Block Reconstruction
2020-10-09 CV - code 3+ 1614 Once Quantization-Aware Training: High Performance Extremely Low-bit Architecture Search
2019-08-14 CV - code 3+ 1290 Differentiable Soft Quantization: Bridging Full-Precision and Low-Bit Neural Networks
2024-02-21 LG - - 3+ 1273 ProPD: Dynamic Token Tree Pruning and Generation for LLM Parallel Decoding
2024-05-10 CV - - 3+ 1625 Selective Focus: Investigating Semantics Sensitivity in Post-training Quantization for Lane Detection
2024-03-11 CV - - 3+ 923 2023 Low-Power Computer Vision Challenge (LPCVC) Summary
2025-11-19 CV - - 3+ 1716 MoDES: Accelerating Mixture-of-Experts Multimodal Large Language Models via Dynamic Expert Skipping
2025-10-09 CV - - 3+ 1504 LinVideo: A Post-Training Framework towards O(n) Attention in Efficient Video Generation
2025-06-12 CV - - 3+ 1842 Post-Training Quantization for Video Matting
2024-06-13 CL - - 3+ 1918 ME-Switch: A Memory-Efficient Expert Switching Framework for Large Language Models
2021-11-05 LG - - 3+ 1292 MQBench: Towards Reproducible and Deployable Model Quantization Benchmark
2021-09-25 CV - - 3+ 1907 Distribution-sensitive Information Retention for Accurate Binary Neural Network
2021-09-02 CV - - 3 938 Real World Robustness from Systematic Noise
2021-03-01 CV - - 3+ 1565 Diversifying Sample Generation for Accurate Data-Free Quantization
2020-11-19 LG - - 3+ 1314 MixMix: All You Need for Data-Free Compression Are Feature and Data Mixing
2020-03-31 NE - - 3+ 1087 Binary Neural Networks: A Survey
2020-03-17 LG - - 3+ 1289 Efficient Bitwidth Search for Practical Mixed Precision Neural Network
2019-12-29 LG - - 3+ 1737 Towards Unified INT8 Training for Convolutional Neural Network
2019-09-26 CV - - 3+ 1298 Balanced Binary Neural Networks with Gated Residual
2019-09-24 CV - - 3+ 1602 Forward and Backward Information Retention for Accurate Binary Neural Networks
""",
    "004": """
2022-12-14 CV 25.9 code 3+ 1523 PD-Quant: Post-Training Quantization based on Prediction Difference Metric
2022-11-28 CV 38.7 code 3+ 1899 Post-training Quantization on Diffusion Models
2024-02-26 CL 28.6 code 3+ 1595 LLM Inference Unveiled: Survey and Roofline Model Insights
2025-01-23 LG 38.3 code 3+ 1796 OstQuant: Refining Large Language Model Quantization with Orthogonal and Scaling Transformations for Better Distribution Fitting
2023-12-17 CV 7.6 code 3+ 1193 Post-Training Quantization for Re-parameterization via Coarse & Fine Weight Splitting
2023-12-27 LG 19.2 - 3 1514 MIM4DD: Mutual Information Maximization for Dataset Distillation
2025-01-23 LG 25.5 - 3+ 1651 MambaQuant: Quantizing the Mamba Family with Variance Aligned Rotation Methods
2025-02-18 LG 25.0 - 3+ 1303 GSQ-Tuning: Group-Shared Exponents Integer in Fully Quantized Training for LLMs On-Device Fine-tuning
2025-08-29 AI 18.1 - 3+ 1501 Know When to Explore: Difficulty-Aware Certainty as a Guide for LLM Reinforcement Learning
2025-10-18 LG 13.0 - 3+ 1409 LANPO: Bootstrapping Language and Numerical Feedback for Reinforcement Learning in LLMs
2021-11-24 CV 30.6 code 3+ 1291 PTQ4ViT: Post-training quantization for vision transformers with twin uniform quantization
""",
}


# Id, beginning of the title, venue, year, repository, authors, the first and the last of them.
HUANG, ZHANG, GONG, LIU = "Yushi Huang", "Jun Zhang", "Ruihao Gong", "Xianglong Liu"
PAPERS = {
    "000": [
        ("arxiv:2410.01723", "HarmoniCa: ", 13, "Arxiv", None, None, 6, HUANG, ZHANG),
        ("arxiv:2407.19547", "Temporal ", 9, "Arxiv", None, None, 7, HUANG, "Dacheng Tao"),
        ("arxiv:2405.06001", "LLMC: ", 11, "EMNLP 2024 Industry Track", 2024, "llmc", 8, GONG, LIU),
        (
            *("openreview:UdAcn64u5f", "PTSBench: ", 10, "ACM MM 2024", 2024, "msbench"),
            *(8, "Zining Wang", LIU),
        ),
        (
            "arxiv:2311.16503",
            "TFMQ-DM: ",
            8,
            "CVPR 2024 (Highlight)",
            2024,
            "tfmq-dm",
            5,
            HUANG,
            LIU,
        ),
    ],
    "001": [
        ("arxiv:2511.15690", "MoDES: ", 11, "Preprint", None, None, 8, HUANG, ZHANG),
        ("arxiv:2505.11497", "QVGen: ", 9, "Preprint", None, None, 7, HUANG, ZHANG),
        (
            "arxiv:2407.19547",
            "Temporal ",
            9,
            "TPAMI 2025",
            2025,
            "tfmq-dm",
            7,
            HUANG,
            "Dacheng Tao",
        ),
        ("arxiv:2410.01723", "HarmoniCa: ", 13, "ICML 2025", 2025, "harmonica", 8, HUANG, ZHANG),
        ("arxiv:2311.16503", "TFMQ-DM: ", 8, "CVPR 2024 Highlight", 2024, "tfmq-dm", 5, HUANG, LIU),
    ],
}


def parse(page, number, **told):
    (path,) = SEEDS.glob(f"{number}_*.txt")
    (found,) = page.parse(path.read_bytes(), **told)
    return found


@pytest.mark.parametrize("number", HEADS)
def test_the_figures_of_a_profile_are_those_on_its_page(number):
    author = parse(scholar_feed, number).author
    own = author.extra
    figures = (author.h_index, author.works_count, author.cited_by_count)
    said = (author.name, own["category"], *figures, own["novelty"], own["ai_score"])
    assert said == HEADS[number]


@pytest.mark.parametrize(("number", "papers"), [("002", 17), ("003", 50), ("004", 11)])
def test_every_field_of_every_record_is_as_it_stands_on_the_page(number, papers):
    works = parse(scholar_feed, number, headers=READ).works
    assert [row(work) for work in works] == RECORDS[number].strip().split("\n")
    assert len(works) == len({work.record_id for work in works}) == papers
    assert {work.cited_by_count for work in works} == {None}


def row(work):
    own = work.extra
    shown = f"{len(work.authors)}{'' if work.authors_count else '+'}"
    code = "code" if own.get("has_code") else "-"
    said = (work.publication_date, own["category"], own.get("score", "-"), code, shown)
    return " ".join(map(str, (*said, len(own["abstract"]), work.title)))


@pytest.mark.parametrize(("number", "undated"), [("002", 7), ("003", 10), ("004", 0)])
def test_without_the_day_of_reading_no_year_is_guessed(number, undated):
    page = parse(scholar_feed, number)
    assert sum(1 for work in page.works if work.year is None) == undated
    told = [name for name in page.author.anomalies if name.startswith("years")]
    assert told == ([f"years_unknown:{undated}"] if undated else [])


@pytest.mark.parametrize(
    ("number", "is_impossible"), [("002", True), ("003", False), ("004", True)]
)
def test_two_of_the_three_profiles_state_what_cannot_be(number, is_impossible):
    assert ("impossible_h_index" in parse(scholar_feed, number).author.anomalies) is is_impossible


def test_authors_and_labs_are_read():
    works = [work for number in HEADS for work in parse(scholar_feed, number).works]
    assert [work.extra["lab"] for work in works if "lab" in work.extra] == ["ibm-research"]
    owners = [
        sum(1 for work in parse(scholar_feed, number).works if HEADS[number][0] in work.authors)
        for number in HEADS
    ]
    assert owners == [12, 26, 8]
    assert not any("et al" in name or "·" in name for work in works for name in work.authors)


def test_a_paper_has_one_name_in_two_profiles():
    two = [{work.record_id for work in parse(scholar_feed, n).works} for n in ("002", "003")]
    assert len(two[0] & two[1]) == 10


@pytest.mark.parametrize("number", PAPERS)
def test_every_listed_paper_is_read_as_the_owner_wrote_it(number):
    page = parse(homepage, number)
    listed = [work for work in page.works if not work.is_excluded]
    assert page.total == len(listed) == 5
    assert page.author.name == HUANG
    for work, wanted in zip(listed, PAPERS[number], strict=True):
        name, begins, words, venue, year, repository, authors, first, last = wanted
        stars = (f"github:modeltc/{repository}",) if repository else ()
        assert work.ids == (f"homepage:{name}", name, *stars)
        assert work.title.startswith(begins)
        assert len(work.title.split()) == words, work.title
        assert (work.venue, work.year, work.cited_by_count) == (venue, year, None)
        assert (work.authors_count, work.authors[0], work.authors[-1]) == (authors, first, last)
        assert all(name.isascii() and name.replace(" ", "").isalpha() for name in work.authors)


def test_a_paper_in_a_comment_is_flagged_and_a_project_is_named():
    page = parse(homepage, "001")
    (hidden,) = [work for work in page.works if work.is_excluded]
    assert hidden.ids == ("homepage:arxiv:2510.08318", "arxiv:2510.08318")
    assert r"$\mathcal{O}(n)$" in hidden.title
    assert (hidden.extra["is_commented_out"], len(hidden.authors)) == (1, 5)
    assert page.author.anomalies == ("no_paper:LightCompress",)
    assert not any(work.is_excluded for work in parse(homepage, "000").works)
