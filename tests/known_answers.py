"""The cases of `cases.yaml`: what is given, what must come out. Which test shows each stands in docs/CASES.md."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

CASES: dict[str, dict[str, Any]] = {
    it["id"]: it for it in yaml.safe_load((Path(__file__).parent / "cases.yaml").read_text(encoding="utf-8"))["cases"]
}  # fmt: skip
