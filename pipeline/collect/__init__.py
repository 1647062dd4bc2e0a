"""Runs the spiders once: who was asked what, and what became of each question.

The pipeline's only importer of Scrapy, and that only when somebody is asked. Every author and
provider that was asked for comes back with exactly one outcome; a question that got lost counts
as `offline`, and says so. A Twisted reactor starts once a process: so does `collect`.
"""

from pipeline.collect.crawl import collect
from pipeline.collect.plans import Collection, Keeping, ProviderPlan
from pipeline.collect.saved import read_saved

__all__ = ["Collection", "Keeping", "ProviderPlan", "collect", "read_saved"]
