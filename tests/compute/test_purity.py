"""The compute modules act on nothing: no files, no clock, no database, no web, no SciPy."""

import json
import pkgutil
import subprocess
import sys

import app.compute

MODULES = sorted(
    module.name for module in pkgutil.walk_packages(app.compute.__path__, "app.compute.")
)
IMPORT_ALL = """
import importlib, json, sys
for name in json.loads(sys.argv[1]):
    importlib.import_module(name)
print(json.dumps(sorted(sys.modules)))
"""
ACTING = ("sqlalchemy", "fastapi", "starlette", "psycopg", "jinja2", "yaml", "scipy", "app.db")


def test_nothing_that_acts_is_loaded():
    result = subprocess.run(
        [sys.executable, "-c", IMPORT_ALL, json.dumps(MODULES)],
        check=True,
        capture_output=True,
        text=True,
    )

    loaded = set(json.loads(result.stdout))
    assert "app.compute.estimating.estimate" in loaded
    assert loaded.isdisjoint(ACTING)
