"""axe-core in the browser: what of WCAG 2.2 A and AA an opened page breaks."""

from __future__ import annotations

from pathlib import Path
from typing import Any

AXE = (Path(__file__).resolve().parents[1] / "data" / "axe" / "axe.min.js").read_text("utf-8")
RUN = """axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  rules: {"target-size": {enabled: true}},
  resultTypes: ["violations"],
})"""


def violations(page: Any) -> list[tuple[str, list[str]]]:
    """The rule, and where; the page's context must let scripts of the test in (bypass_csp)."""
    page.evaluate(AXE)
    found = page.evaluate(RUN)
    assert len(found["passes"]) > 5, "axe looked at nothing"
    return [
        (each["id"], [" ".join(map(str, node["target"])) for node in each["nodes"]][:5])
        for each in found["violations"]
    ]
