"""Providers to records: a plain Scrapy project that knows nothing of the pipeline."""
