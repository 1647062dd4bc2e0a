"""A homepage and our data: what it lists, what we know of that, and the markup that shows it.

Promise: a page is changed only by what is added, in one step, and twice is once. A paper gets a
span only when the data have its id: the theme's script stops for good at one that they have not.
"""

from __future__ import annotations

from pipeline.homepage.annotate import Edit, Plan, Wish, apply, plan
from pipeline.homepage.data import Known
from pipeline.homepage.page import Page
from pipeline.homepage.scan import document

__all__ = ["Edit", "Known", "Page", "Plan", "Wish", "apply", "document", "plan"]
