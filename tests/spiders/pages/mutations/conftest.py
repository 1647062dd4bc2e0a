"""The mutators, the oracle and the campaign as one package, which test folders are not."""

import sys
from importlib import import_module
from importlib.machinery import ModuleSpec
from importlib.util import module_from_spec
from pathlib import Path

import pytest

from spiders.registry import PROVIDERS

FOLDER = Path(__file__).parent
EACH = 3
"""Mutants a mutator and provider."""


@pytest.fixture(scope="session")
def campaign():
    """The module `campaign` of this folder; the others are reached through it."""
    spec = ModuleSpec("page_mutations", None, is_package=True)
    spec.submodule_search_locations = [str(FOLDER)]
    sys.modules.setdefault(spec.name, module_from_spec(spec))
    return import_module("page_mutations.campaign")


@pytest.fixture(scope="session")
def originals(campaign):
    """The project's own pages by provider."""
    return {name: campaign.fixtures(FOLDER.parent / "fixtures", name) for name in PROVIDERS}


@pytest.fixture(scope="session")
def tallies(campaign, originals):
    """What became of the mutants, by provider."""
    return {name: campaign.run(name, pages, each=EACH) for name, pages in originals.items()}
