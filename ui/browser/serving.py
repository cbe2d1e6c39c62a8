"""A server in a process of its own, on a free port, that can be stopped and started again."""

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from corpus.strict_yaml import mapping

_STARTS_WITHIN_S = 60.0


class Served:
    """A running site; `url` has no slash at its end."""

    def __init__(self, data: Path, environment: Mapping[str, str]) -> None:
        self._data, self._environment = data, environment
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def log(self) -> str:
        """What the server wrote."""
        return (self._data / "serve.log").read_text(encoding="utf-8", errors="replace")

    @property
    def process_id(self) -> int:
        """The server's process."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start, and wait for the first page; raises RuntimeError with the log where it does not come."""
        self._data.mkdir(parents=True, exist_ok=True)
        quiet = {"MINGCE_MODEL": "", "MINGCE_DATA": str(self._data), "PYTHONUNBUFFERED": "1"}
        with (self._data / "serve.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", "from ui.cli import main; main()", "serve", "--port", str(self.port)],
                stdout=log,
                stderr=log,
                env={**os.environ, **quiet, **self._environment},
                cwd=Path(__file__).parents[2],
            )
        until = time.monotonic() + _STARTS_WITHIN_S
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with urllib.request.urlopen(f"{self.url}/", timeout=5) as reply:
                    if reply.status == 200:
                        return
            except (urllib.error.URLError, ConnectionError, TimeoutError):
                time.sleep(0.1)
        raise RuntimeError(f"no page from {self.url}:\n{self.log[-2000:]}")

    def stop(self) -> None:
        """Stop the server."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()


@contextmanager
def serving(data: Path, environment: Mapping[str, str] | None = None) -> Iterator[Served]:
    """A site that keeps its state in `data`, for the time of the block."""
    served = Served(data, environment or {})
    served.start()
    try:
        yield served
    finally:
        served.stop()


def chromium_path() -> str | None:
    """Debian's Chromium, or what MINGCE_CHROMIUM names; None where this machine has no browser."""
    names = (os.environ.get("MINGCE_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome")
    return next((found for name in names if name and (found := shutil.which(name))), None)


def scenes() -> dict[str, Any]:
    """What the pictures and measurements type."""
    return mapping(Path(__file__).with_name("scenes.yaml"))


LAUNCH = ["--no-sandbox", "--disable-dev-shm-usage", "--force-color-profile=srgb", "--lang=zh-CN"]
