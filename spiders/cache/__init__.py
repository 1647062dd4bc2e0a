"""Pages that were fetched, kept on disk: so that what is unchanged, or was had, is not sent again.

Two kinds lie there. A page with a validator (`ETag`, `Last-Modified`) is asked for on condition
the next time; "not modified" brings the kept page. Pages of a run that was stopped are served
without a request when the next run begins soon enough; when a run ends, they go. Only pages that
a spider accepted are kept: no error, no block page, no robots.txt. What is read back is checked
whole, and anything damaged, foreign or too old counts as not there.
"""

from spiders.cache.crawl import Kept, ListChanged, kept_of, or_anew
from spiders.cache.store import Store, named

__all__ = ["Kept", "ListChanged", "Store", "kept_of", "named", "or_anew"]
