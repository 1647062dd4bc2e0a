"""Records to metrics to artifacts: everything that happens after a provider has answered."""
