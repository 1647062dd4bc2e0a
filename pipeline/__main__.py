"""`python -m pipeline` is the command `scholar-metrics`."""

from pipeline.cli import main

main()
