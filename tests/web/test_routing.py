"""The portal is put together of the routers' very routes."""

import ast
from pathlib import Path

APP = Path(__file__).parents[2] / "app"
# It describes the API in a process of its own, which ends at once.
DESCRIBES = APP / "web" / "api_document.py"


def test_no_router_is_copied_into_another() -> None:
    copying = [
        path
        for path in APP.rglob("*.py")
        if path != DESCRIBES
        and any(
            isinstance(node, ast.Attribute) and node.attr == "include_router"
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        )
    ]
    assert copying == []
