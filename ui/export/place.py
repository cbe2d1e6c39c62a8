"""Where a file waits to be fetched: a folder of its own, gone within the hour."""

import shutil
import tempfile
import time
from pathlib import Path

_ROOT = "mingce-files"
_KEPT_S = 3600


def place_for(name: str) -> Path:
    """A path for a file of this name in a fresh folder; folders of the last hour's exports are removed first."""
    root = Path(tempfile.gettempdir()) / _ROOT
    root.mkdir(exist_ok=True)
    for folder in root.iterdir():
        if time.time() - folder.stat().st_mtime > _KEPT_S:
            shutil.rmtree(folder, ignore_errors=True)
    return Path(tempfile.mkdtemp(dir=root)) / name
