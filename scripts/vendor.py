"""Bring the vendored front-end files into the tree: exact package, checked, cut to what is used.

Run by `make vendor`, never by `make setup`: the files are committed, so that running the portal
needs no Node. `static/vendor/vendor.json` names each package with the sha512 that npm publishes;
a package whose bytes differ is refused.
"""

import base64
import hashlib
import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
MANIFEST = ROOT / "static" / "vendor" / "vendor.json"

# The families of the base kit's classes that the portal may use; every rule that needs another
# class is dropped, which cuts the sheet from 635 KB to about a tenth. To use one more family,
# add it here and run `make vendor`. tests/web/test_stylesheets.py finds classes without a rule.
KEPT_CLASSES = re.compile(
    r"""^(
      btn | btn-primary | btn-sm | btn-link | disabled | active | show
    | form-(control|select|check|check-input|check-label|label|text|hint)(-sm)?
    | visually-hidden(-focusable)? | list-inline(-item)? | list-unstyled
    | d-(none|inline|inline-block|block|grid|flex|inline-flex|print-none)
    | flex-(row|column|wrap|nowrap|fill|grow-1|grow-0|shrink-0)
    | (align-items|align-self|justify-content)-(start|end|center|between|baseline|stretch)
    | (row-|column-)?gap-[0-5] | [mp][tbsexy]?-([0-5]|auto) | w-(25|50|75|100|auto) | h-(100|auto)
    | text-(start|end|center|nowrap|wrap|break|truncate) | fw-(normal|medium|bold)
    )$""",
    re.VERBOSE,
)
CLASS = re.compile(r"\.((?:\\.|[\w-])+)")
USED_VARIABLE = re.compile(r"var\((--[\w-]+)")


@dataclass(frozen=True)
class Rule:
    """One rule of a style sheet: its head, and its declarations or nested rules as text."""

    head: str
    body: str


def main() -> int:
    """Fetch, verify and place every package of the manifest."""
    manifest = json.loads(MANIFEST.read_text(encoding="utf-8"))
    for package in manifest["packages"]:
        with tempfile.TemporaryDirectory() as directory:
            archive = fetch(package, Path(directory))
            place(package, archive, Path(directory))
        print(f"{package['name']} {package['version']}: {', '.join(package['files'].values())}")
    return 0


def fetch(package: dict[str, str], directory: Path) -> Path:
    """Download one package with npm and refuse it unless its bytes are the published ones."""
    npm = shutil.which("npm")
    if npm is None:
        message = "`make vendor` needs npm; running the portal does not."
        raise SystemExit(message)
    wanted = f"{package['name']}@{package['version']}"
    subprocess.run(
        [npm, "pack", wanted, "--silent"], cwd=directory, check=True, stdout=subprocess.DEVNULL
    )
    (archive,) = directory.glob("*.tgz")
    digest = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if f"sha512-{digest}" != package["integrity"]:
        message = f"{wanted}: sha512-{digest} is not the {package['integrity']} of vendor.json."
        raise SystemExit(message)
    return archive


def place(package: dict[str, dict[str, str]], archive: Path, directory: Path) -> None:
    """Copy the wanted files of a package into the tree."""
    with tarfile.open(archive) as tar:
        tar.extractall(directory, filter="data")
    for inside, outside in package["files"].items():
        target = ROOT / outside
        target.parent.mkdir(parents=True, exist_ok=True)
        text = (directory / "package" / inside).read_text(encoding="utf-8")
        if target.suffix == ".css":
            text = reduce_sheet(text)
        # A source map is not shipped, so nothing may ask for one.
        text = re.sub(r"\n?(/\*|//)# sourceMappingURL=\S+( \*/)?\s*$", "\n", text)
        target.write_text(text, encoding="utf-8")


def reduce_sheet(text: str) -> str:
    """Return a style sheet with only the rules whose classes are all kept."""
    notice = re.search(r"/\*!.*?\*/", text, re.DOTALL)
    plain = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    rules = list(kept_rules(plain))
    while True:
        used = set(USED_VARIABLE.findall(" ".join(rule.body for rule in rules)))
        slim = [Rule(rule.head, without_unused(rule, used)) for rule in rules]
        if slim == rules:
            break
        rules = slim
    css = "\n".join(f"{rule.head}{{{rule.body}}}" for rule in rules if rule.body)
    note = "/* Reduced by scripts/vendor.py to the classes that the portal may use. */"
    return f"{notice.group() if notice else ''}\n{note}\n{css}\n"


def kept_rules(text: str) -> Iterator[Rule]:
    """Yield the rules of a sheet, or of an at-rule's inside, that are kept."""
    for rule in split_rules(text):
        if rule.head.startswith("@media"):
            inside = "".join(f"{kept.head}{{{kept.body}}}" for kept in kept_rules(rule.body))
            if inside:
                yield Rule(rule.head, inside)
        elif not rule.head.startswith("@"):
            selectors = [s for s in split_selectors(rule.head) if is_kept(s)]
            if selectors:
                yield Rule(",".join(selectors), rule.body)


def split_rules(text: str) -> Iterator[Rule]:
    """Yield the outermost rules of a text; statements such as @charset are left out."""
    start = depth = 0
    opened = 0
    for position, character in enumerate(text):
        if character == "{":
            depth += 1
            if depth == 1:
                opened = position
        elif character == "}":
            depth -= 1
            if depth == 0:
                head = text[start:opened].rpartition(";")[2].strip()
                yield Rule(head, text[opened + 1 : position].strip())
                start = position + 1


def split_selectors(head: str) -> list[str]:
    """Split a selector list at the commas outside of parentheses."""
    parts, depth, start = [], 0, 0
    for position, character in enumerate(head):
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append(head[start:position])
            start = position + 1
    return [*parts, head[start:]]


def is_kept(selector: str) -> bool:
    """Whether a selector needs no class outside of the kept families."""
    return all(KEPT_CLASSES.match(name) for name in CLASS.findall(selector))


def without_unused(rule: Rule, used: set[str]) -> str:
    """Drop the declarations of custom properties that no kept rule reads."""
    if rule.head.startswith("@"):
        return rule.body
    declarations = re.split(r";(?![^(]*\))", rule.body)
    return ";".join(
        part
        for part in declarations
        if not part.startswith("--") or part.partition(":")[0].strip() in used
    )


if __name__ == "__main__":
    sys.exit(main())
