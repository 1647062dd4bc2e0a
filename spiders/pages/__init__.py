"""Pure page modules, one a provider: bytes in, records out; no scrapy, no clock, no network."""
