"""Every class that a template uses has a rule, or is a hook that a script or test names."""

import json
import re

from app.web.assets import STATIC_DIR
from app.web.templating import TEMPLATES_DIR

CLASS_ATTRIBUTE = re.compile(r'class="([^"]*)"')
JINJA = re.compile(r"\{%.*?%\}|\{\{.*?\}\}", re.DOTALL)
# Classes without a rule of their own: a name to hang another rule or a script on.
HOOKS = {"pb-field"}
# Tones, sizes and numbers that a template puts together.
COMPUTED = {"is-", "k"}


def used_classes() -> set[str]:
    found = set()
    for path in TEMPLATES_DIR.rglob("*.html"):
        text = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for value in CLASS_ATTRIBUTE.findall(text):
            found |= set(JINJA.sub(" ", value).split())
    return {name for name in found if "{" not in name and "}" not in name}


def defined_classes() -> set[str]:
    sheets = [*STATIC_DIR.glob("css/*.css"), STATIC_DIR / "vendor" / "tabler.css"]
    css = "\n".join(path.read_text(encoding="utf-8") for path in sheets)
    return set(re.findall(r"\.((?:\\.|[\w-])+)", css))


def test_every_class_of_a_template_has_a_rule():
    missing = used_classes() - defined_classes() - HOOKS - COMPUTED
    assert not missing, f"add the family to scripts/vendor.py, or a rule: {sorted(missing)}"


def test_no_template_has_inline_style_or_script():
    for path in TEMPLATES_DIR.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"\sstyle=", text), path
        # Structured data is no script: a browser runs none of it, whatever it holds.
        scripts = text.replace('<script type="application/ld+json">', "")
        assert not re.search(r"<script(?![^>]*\ssrc=)", scripts), path
        assert not re.search(r"\son[a-z]+=|hx-on|js:", text), path
        assert not re.search(r'hx-trigger="[^"]*\[', text), path


def test_style_sheets_load_nothing_from_elsewhere():
    for path in STATIC_DIR.rglob("*.css"):
        for address in re.findall(r"url\(([^)]*)\)", path.read_text(encoding="utf-8")):
            assert address.strip("\"'").startswith("data:"), (path, address[:60])


def test_every_vendored_file_has_its_licence():
    manifest = json.loads((STATIC_DIR / "vendor" / "vendor.json").read_text(encoding="utf-8"))
    root = STATIC_DIR.parent
    for package in manifest["packages"]:
        assert package["integrity"].startswith("sha512-")
        assert package["licence"]
        for target in package["files"].values():
            assert (root / target).is_file()
    assert (STATIC_DIR / "vendor" / "licences" / "tabler.txt").is_file()
