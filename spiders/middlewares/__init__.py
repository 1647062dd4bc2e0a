"""Manners and guards between a spider and a provider, one concern a module."""
