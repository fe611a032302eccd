"""
Load the golden files with the whole of the heavy frameworks, each in an environment of its own.

They cannot share one: they pin different versions of torch, numpy and transformers. The locks in
tests/trainers/full name versions and hashes and no host; `uv` fetches them as it is set up. Run by
`make test-trainers-full`, with the names of frameworks for only those.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FULL = ROOT / "tests" / "trainers" / "full"
GOLDEN = ROOT / "tests" / "trainers" / "golden"
ENVIRONMENTS = ROOT / ".cache" / "trainers-full"
UV = Path(sys.executable).with_name("uv")
# levanter needs 3.12, and all have wheels for it; a path where uv finds none by itself.
PYTHON = os.environ.get("PEIBI_TRAINERS_PYTHON", "3.12")


def main() -> int:
    """Load with every framework, or those that are named; 1 if one of them does not load."""
    names = sys.argv[1:] or sorted(lock.stem for lock in FULL.glob("*.lock"))
    outcomes = {name: load(name) for name in names}
    print("\n".join(f"{name}: {'loads' if done else 'FAILED'}" for name, done in outcomes.items()))
    print(f"{sum(outcomes.values())} passed, {len(outcomes) - sum(outcomes.values())} failed")
    return not all(outcomes.values())


def load(name: str) -> bool:
    """Make a framework's environment and load the golden files in it."""
    start = time.monotonic()
    environment = ENVIRONMENTS / name
    python = environment / "bin" / "python"
    script = FULL / f"load_{name.replace('-', '_')}.py"
    print(f"== {name}", flush=True)
    lock = FULL / f"{name}.lock"
    commands: tuple[tuple[str | Path, ...], ...] = (
        (UV, "venv", "--quiet", "--allow-existing", "--python", PYTHON, environment),
        (UV, "pip", "sync", "--quiet", "--require-hashes", "--python", python, lock),
        (python, script, GOLDEN),
    )
    if any(subprocess.run(command, check=False).returncode for command in commands):
        return False
    print(f"   {time.monotonic() - start:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
