"""Fail if a lock file names a host: dependencies come from wherever the installer is set up."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    """Return 1 and say where, if a lock names an address or lacks a hash."""
    problems = []
    for path in sorted([*ROOT.glob("requirements*.lock"), *ROOT.glob("tests/trainers/*/*.lock")]):
        text = path.read_text()
        if re.search(r"https?://|--(index|find-links)", text):
            problems.append(f"{path.name} names a host")
        if text.count("==") > text.count("--hash=sha256:"):
            problems.append(f"{path.name} has a requirement without a hash")
    print("\n".join(problems) or "locks: no host, all hashed")
    return bool(problems)


if __name__ == "__main__":
    sys.exit(main())
