"""Which records are one paper: how right, how fast, how much memory, and how it grows.

Right: precision and recall over pairs of records, on made-up records with known truth and, where
the recorded lists are there, on a mathematician's OpenAlex and arXiv lists, judged group by group.
Goals: precision 0.9995 and recall 0.92 on the made-up records, 1 and 1 on the recorded ones; one
answer whatever the order; time that grows as the records do (exponent 1.2 at most: the caches of a
processor hold ten thousand records and not a hundred thousand).
"""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import time
from math import log
from statistics import median

from timing import ROOT, Timed, call, interleaved, most_held

sys.path.insert(0, str(ROOT))

from identity_cases import made, quality

from pipeline.identity import resolve

SIZES = (10_000, 50_000, 100_000, 300_000)
PRECISION, RECALL, EXPONENT = 0.9995, 0.92, 1.2
PEER_RECORDS = 20_000
BLOCK = 2_000
RECORDED = ROOT / os.environ.get("SCHOLAR_METRICS_RECORDED", "../shared/recorded")
TRUTH = ROOT / "tests" / "recorded" / "identity_truth.json"


def main() -> int:
    if len(sys.argv) > 1:
        return _child(int(sys.argv[1]))
    met = [_sizes(), _orders(), _recorded()]
    _peers()
    return 0 if all(met) else 1


def _child(records: int) -> int:
    """One size in a process of its own, so that its peak of memory is its own too."""
    cases = made(records)
    before = most_held()
    started = time.process_time()  # a busy machine must not look like growth
    works = resolve(cases.records)
    seconds = time.process_time() - started
    found = {c.record_id: work.work_id for work in works for c in work.counts}
    precision, recall = quality(found, cases.truth)
    told = {"seconds": seconds, "input": before, "peak": most_held(), "works": len(works)}
    print(json.dumps({**told, "precision": precision, "recall": recall}))
    return 0


def _sizes() -> bool:
    seconds: dict[int, float] = {}
    met = True
    for size in SIZES:
        rounds = 3 if size < SIZES[-1] else 2
        told = [_measured(size) for _ in range(rounds)]
        one, seconds[size] = told[0], min(t["seconds"] for t in told)
        good = one["precision"] >= PRECISION and one["recall"] >= RECALL
        met &= good
        print(
            f"{size:>7,} records  {one['works']:>7,} papers  {seconds[size]:6.2f} s  "
            f"{1e6 * seconds[size] / size:5.1f} µs a record  "
            f"{one['peak'] - one['input']:5.0f} MB above the {one['input']:.0f} MB of records  "
            f"precision {one['precision']:.5f}  recall {one['recall']:.4f}  "
            f"goal: {PRECISION}, {RECALL}: {'met' if good else 'MISSED'}"
        )
    for small, large in ((10_000, 100_000), (100_000, 300_000)):
        exponent = log(seconds[large] / seconds[small]) / log(large / small)
        good = exponent <= EXPONENT
        met &= good
        print(
            f"{small:>7,} to {large:,}: time grows with the records to the power {exponent:.2f}  "
            f"goal: {EXPONENT} at most: {'met' if good else 'MISSED'}"
        )
    return met


def _measured(size: int) -> dict[str, float]:
    done = subprocess.run(
        [sys.executable, __file__, str(size)], capture_output=True, check=True, text=True
    )
    told: dict[str, float] = json.loads(done.stdout)
    return told


def _orders() -> bool:
    cases = made(10_000)
    first = resolve(cases.records)
    shuffled = list(cases.records)
    random.Random(7).shuffle(shuffled)  # noqa: S311 - the same each time
    same = resolve(shuffled) == first == resolve(cases.records[::-1])
    print(f"one answer in three orders: {'met' if same else 'MISSED'}")
    return same


def _recorded() -> bool:
    path = RECORDED / "crosssource"
    if not path.is_dir():
        print(f"no recorded lists at {path}: set SCHOLAR_METRICS_RECORDED")
        return True
    import importlib.util

    source = ROOT / "tests" / "recorded" / "test_identity.py"
    spec = importlib.util.spec_from_file_location("recorded_identity", source)
    if spec is None or spec.loader is None:
        raise ImportError(source)
    lists = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(lists)
    papers = json.loads(TRUTH.read_text())["papers"]
    truth = {record: number for number, paper in enumerate(papers) for record in paper}
    works = resolve([*lists.read_openalex(), *lists.read_arxiv()])
    found = {c.record_id: work.work_id for work in works for c in work.counts}
    precision, recall = quality(found, truth)
    met = precision == recall == 1
    print(
        f"{len(truth)} recorded records, {len(works)} papers: precision {precision:.4f}, "
        f"recall {recall:.4f}  goal: 1, 1: {'met' if met else 'MISSED'}"
    )
    return met


def _peers() -> None:
    """The same records by what one would write first: equal lower-case titles, equal DOIs."""
    try:
        import pandas as pd
    except ImportError:
        print("pandas is not installed: no peer")
        return
    cases = made(PEER_RECORDS)
    rows = [
        (
            o.record.record_id,
            o.record.title or "",
            next((i for i in o.record.ids if i.startswith("doi:")), None),
        )
        for o in cases.records
    ]
    answer: dict[str, object] = {}

    def grouped() -> None:
        frame = pd.DataFrame(rows, columns=["record", "title", "doi"])
        frame["title"] = frame["title"].str.lower().str.replace(r"[^a-z0-9]+", " ", regex=True)
        frame["home"] = frame.groupby("title").ngroup()
        by_doi = frame[frame["doi"].notna()]
        for _ in range(3):
            frame.loc[by_doi.index, "home"] = (
                frame.loc[by_doi.index].groupby(by_doi["doi"])["home"].transform("min")
            )
            frame["home"] = frame.groupby("title")["home"].transform("min")
        answer.update(zip(frame["record"], frame["home"], strict=True))

    timed = {"pandas": call(grouped), "resolve": call(lambda: resolve(cases.records))}
    times = interleaved(timed | _cdist([title for _, title, _ in rows]), rounds=3)
    precision, recall = quality(answer, cases.truth)
    base = median(times["pandas"])
    print(f"{PEER_RECORDS:,} records, in turns:")
    print(f"  pandas, titles and DOIs  {base:7.2f} s          {precision:.4f}, {recall:.4f}")
    ratio = median(o / p for o, p in zip(times["resolve"], times["pandas"], strict=True))
    own = {c.record_id: w.work_id for w in resolve(cases.records) for c in w.counts}
    ours = quality(own, cases.truth)
    seconds = median(times["resolve"])
    print(
        f"  resolve                  {seconds:7.2f} s  x {ratio:5.1f}  {ours[0]:.4f}, {ours[1]:.4f}"
    )
    if "cdist" in times:
        scale = (PEER_RECORDS / BLOCK) ** 2
        whole = scale * median(times["cdist"])
        print(
            f"  rapidfuzz, all with all  {whole:7.0f} s  x {whole / base:5.0f}, from a block of it"
        )


def _cdist(titles: list[str]) -> dict[str, Timed]:
    try:
        from rapidfuzz import fuzz, process
    except ImportError:
        return {}
    block = titles[:BLOCK]
    return {"cdist": call(lambda: process.cdist(block, block, scorer=fuzz.token_set_ratio))}


if __name__ == "__main__":
    sys.exit(main())
