"""The hardened settings of the Scrapy project: what every crawl of ours does and never does.

Scrapy's defaults follow a redirect to loopback, do not verify certificates, ignore robots.txt
and `Retry-After`, read bodies of up to 1 GiB, and open a remote-control server and a telnet
console (Scrapy 2.19). Each line below says no to one of these, or keeps start-up short. What
depends on the provider (delay, concurrency, robots) is set by `spiders.base`.
"""

from spiders.registry import PROVIDERS

BOT_NAME = "scholar-metrics"
USER_AGENT = "scholar-metrics (run by hand)"
SPIDER_MODULES = [row.spider.partition(":")[0] for row in PROVIDERS.values()]
ITEM_PIPELINES = {"spiders.pipelines.PrintItems": 100}
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/json;q=0.9,*/*;q=0.8",
    "Accept-Language": "en",
}

# Where requests may go.
ALLOW_PRIVATE_HOSTS = False
TWISTED_DNS_RESOLVER = "spiders.middlewares.address_guard.GuardedResolver"
DOWNLOAD_VERIFY_CERTIFICATES = True
DOWNLOAD_TLS_MIN_VERSION = "TLSv1.2"
HTTPPROXY_ENABLED = False
REDIRECT_MAX_TIMES = 3
METAREFRESH_ENABLED = False
REFERER_ENABLED = False
COOKIES_ENABLED = False

# How much comes back, and for how long we wait for it.
DOWNLOAD_MAXSIZE = 16 * 1024 * 1024
DOWNLOAD_WARNSIZE = 0
DOWNLOAD_TIMEOUT = 60
DOWNLOAD_FAIL_ON_DATALOSS = True
DNS_TIMEOUT = 20

# Manners: `spiders.middlewares.manners` and the slots that `spiders.base` declares.
ROBOTSTXT_OBEY = True
ROBOTSTXT_USER_AGENT = "scholar-metrics"
RETRY_ENABLED = False  # Scrapy's own, which retries at once and reads no Retry-After
MANNERS_TRIES = 3
MANNERS_RETRY_AFTER_CAP = 120.0
MANNERS_BACKOFF = 2.0
MANNERS_BREAKER = 5
MANNERS_WAIT = "asyncio.sleep"
DOWNLOAD_DELAY = 0  # robots.txt waits for nobody; providers have slots of their own
DOWNLOAD_DELAY_JITTER = 0.2
AUTOTHROTTLE_ENABLED = False

# Every status reaches the page module: it is the one that tells pages apart.
HTTPERROR_ALLOW_ALL = True
HTTPCACHE_ENABLED = False  # Scrapy's own, which pickles
PAGE_CACHE = None  # `spiders.cache`: whoever starts a crawl says where, if anywhere
JOBDIR = None

TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
MEMUSAGE_ENABLED = False
LOGSTATS_INTERVAL = 0
LOG_VERSIONS: list[str] = []
WARN_ON_GENERATOR_RETURN_VALUE = False

# What runs is listed whole, by the lists that Scrapy keeps its defaults in: nothing that a new
# version switches on by default (as 2.19 did with remote control) comes in unasked, and what is
# not listed is not imported.
EXTENSIONS_BASE = {
    "scrapy.extensions.corestats.CoreStats": 0,
    "scrapy.extensions.closespider.CloseSpider": 0,
}
SPIDER_MIDDLEWARES_BASE = {"scrapy.spidermiddlewares.start.StartSpiderMiddleware": 25}
DOWNLOADER_MIDDLEWARES_BASE = {
    "spiders.middlewares.address_guard.AddressGuard": 50,
    "spiders.middlewares.robots.RobotsRules": 100,
    "scrapy.downloadermiddlewares.downloadtimeout.DownloadTimeoutMiddleware": 350,
    "scrapy.downloadermiddlewares.defaultheaders.DefaultHeadersMiddleware": 400,
    "scrapy.downloadermiddlewares.useragent.UserAgentMiddleware": 500,
    "spiders.middlewares.manners.Manners": 550,
    "spiders.middlewares.allowance.Allowance": 560,
    "spiders.middlewares.cache.PageCache": 570,
    "spiders.middlewares.compression.StrictCompression": 590,
    "spiders.middlewares.redirects.NearRedirects": 600,
    "scrapy.downloadermiddlewares.stats.DownloaderStats": 850,
}
DOWNLOAD_HANDLERS_BASE = {
    "http": "spiders.middlewares.handler.CountingHandler",
    "https": "spiders.middlewares.handler.CountingHandler",
}
