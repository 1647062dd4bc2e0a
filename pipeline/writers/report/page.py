"""A view as one HTML file: style and script inside it, and a policy that lets nothing else run.

Every text is escaped by the template engine; only the drawings, which were looked through, are set
in as they are.
"""

from __future__ import annotations

import base64
import hashlib
import re
from functools import cache
from typing import TYPE_CHECKING, Any

from pipeline.writers.report.assets import TEMPLATES, text
from pipeline.writers.report.view import AuthorPage, IndexPage

if TYPE_CHECKING:
    from jinja2 import Environment

_STYLE = re.compile(r"<style[^>]*>(.*?)</style>", re.DOTALL)


def author(view: AuthorPage) -> str:
    """The page of an author or a group."""
    drawings = "".join(chart.svg or "" for chart in view.charts)
    return _render("author.html.j2", page=view, drawings=drawings)


def index(view: IndexPage) -> str:
    """The page that leads to the others."""
    return _render("index.html.j2", page=view, drawings="")


def policy(style: str, script: str, drawings: str = "") -> str:
    """Content-Security-Policy: this style and script, and nothing from anywhere."""
    styles = [style, *_STYLE.findall(drawings)]
    rules = [
        "default-src 'none'",
        f"script-src {_hash(script)}",
        f"style-src {' '.join(dict.fromkeys(map(_hash, styles)))}",
        *(["style-src-attr 'unsafe-inline'"] if " style=" in drawings else []),
        "img-src data:",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    return "; ".join(rules)


def _render(template: str, *, drawings: str, **values: Any) -> str:
    style, script = text("style.css"), text("page.js")
    rendered: str = (
        _environment()
        .get_template(template)
        .render(style=style, script=script, policy=policy(style, script, drawings), **values)
    )
    return rendered


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined
    from markupsafe import Markup

    found = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    # Ours as they are shipped (style, script), or looked through (drawings).
    found.filters["as_is"] = Markup
    return found


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
