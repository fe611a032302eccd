"""Keeps pytest from importing the exported Python files that tests compare with."""

collect_ignore_glob = ["golden/*"]
