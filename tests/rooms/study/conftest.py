from __future__ import annotations

from pathlib import Path

import pytest

from tests.rooms.study.kiosk import write_kiosk


@pytest.fixture(scope="session")
def kiosk(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The key kiosk's plant folder and scenario files by name."""
    return write_kiosk(tmp_path_factory.mktemp("kiosk"))
