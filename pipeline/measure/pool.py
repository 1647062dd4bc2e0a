"""Arrow's memory beside rows that fill most of it: taken plainly, and given back between steps.

mimalloc, Arrow's own choice, holds on to 80 MB where a streamed file has 12 in use; the system's
allocator to 20, and it takes no longer (pyarrow 26.0.1, two cores).
"""

from __future__ import annotations

import os
import sys

_CHOICE = "ARROW_DEFAULT_MEMORY_POOL"


def plain() -> None:
    """Let Arrow take its memory from the system, where it is not loaded yet and nobody chose.

    `pyarrow.set_memory_pool` comes too late for this: a reader's buffers are not taken from it.
    """
    if "pyarrow" not in sys.modules:
        os.environ.setdefault(_CHOICE, "system")


def give_back() -> None:
    """Return to the system what Arrow has no use for at the moment; some milliseconds."""
    import pyarrow as pa

    pa.default_memory_pool().release_unused()
