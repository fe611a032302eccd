"""Load the files for OLMo-core with the whole of OLMo-core."""

import sys
from pathlib import Path

import yaml
from olmo_core.data.source_mixture import SourceMixtureList

for file in sorted(Path(sys.argv[1], "olmo-core").rglob("*.yaml")):
    sources = SourceMixtureList.from_dict(yaml.safe_load(file.read_text()))
    sources.validate()
    print(f"{file.parent.name}/{file.name}: {len(sources.sources)} sources")
