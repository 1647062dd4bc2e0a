"""The program of the drawing process: Vega-Lite in, SVG out, a line of JSON each.

It is run by its path and takes nothing of the project, so that it stays small and starts at once.
It ends when nobody asks any more, also when who asked was killed.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Answer every line of stdin with `{"svg": text}`, or `{"error": text}`."""
    import vl_convert

    for line in sys.stdin.buffer:
        try:
            drawn = vl_convert.vegalite_to_svg(json.loads(line), allowed_base_urls=[])
            answer = {"svg": drawn}
        except ValueError as error:
            answer = {"error": str(error)}
        sys.stdout.buffer.write(json.dumps(answer).encode() + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
