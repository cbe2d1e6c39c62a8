"""The command line as its users meet it: answers, and clear Chinese for what goes wrong."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def run(*args: str, data: Path, stdin: bytes = b"", **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *args],
        cwd=ROOT,
        input=stdin,
        capture_output=True,
        check=False,
        timeout=120,
        env={**os.environ, "MINGCE_DATA": str(data), **env},
    )


def complaint(done: subprocess.CompletedProcess[bytes]) -> str:
    text = done.stderr.decode()
    assert "Traceback" not in text
    return text


def test_ask_answers_with_clause_and_working(tmp_path: Path) -> None:
    done = run("ask", "高企，研发投入320万，最多补多少", data=tmp_path)
    text = done.stdout.decode()
    assert done.returncode == 0
    assert "最高8万元" in text
    assert "[2.1.2]" in text
    assert "320万元 × 最高2.5% = 8万元" in text


def test_ask_json_is_one_object(tmp_path: Path) -> None:
    reply = json.loads(run("ask", "--json", "高企复审给多少", data=tmp_path).stdout)
    assert reply["amounts"][0]["high_yuan"] == "100000"


def test_batch_goes_on_after_a_broken_line_and_exits_1(tmp_path: Path) -> None:
    lines = b'{"id":"a","turns":["\\u7b2c16\\u6761"]}\nbroken\n{"id":"b","turns":["\\ud800"]}\n\xff\n'
    done = run("ask", "--jsonl", data=tmp_path, stdin=lines)
    replies = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert done.returncode == 1
    assert [reply["id"] for reply in replies] == ["a", None, "b", None]
    assert "Traceback" not in done.stderr.decode()


@pytest.mark.parametrize("number", ["16", "2.5.16", "第16条"])
def test_clause_by_number(tmp_path: Path, number: str) -> None:
    assert "强化重大科技创新产品推广应用" in run("clause", number, data=tmp_path).stdout.decode()


@pytest.mark.parametrize(
    ("args", "status", "words"),
    [
        (["clause", "99"], 1, "没有第 99 条"),
        (["clause", "16", "--policy", "nowhere"], 1, "没有政策包“nowhere”"),
        (["check", "nowhere"], 1, "没有政策包“nowhere”"),
        (["ask"], 2, "二选一"),
        (["ask", "问题", "--jsonl"], 2, "二选一"),
        (["serve", "--port", "99999"], 2, "99999"),
    ],
)
def test_wrong_use_is_told(tmp_path: Path, args: list[str], status: int, words: str) -> None:
    done = run(*args, data=tmp_path)
    assert done.returncode == status
    assert words in complaint(done).replace("\n", "").replace("│", "").replace(" ", "") or words in complaint(done)


def test_a_wrong_policy_setting_is_told(tmp_path: Path) -> None:
    done = run("ask", "你好", data=tmp_path, MINGCE_POLICY="atlantis")
    assert done.returncode == 1
    assert "MINGCE_POLICY 是“atlantis”" in complaint(done)


def test_an_unwritable_data_folder_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    done = run("index", data=blocked)
    assert done.returncode == 1
    assert "写不了数据目录" in complaint(done)


def test_a_taken_port_is_told(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = run("serve", "--port", str(taken.getsockname()[1]), data=tmp_path)
    assert done.returncode == 1
    assert "请换一个端口" in complaint(done)


def test_check_index_benefits_version(tmp_path: Path) -> None:
    assert "没有错" in run("check", data=tmp_path).stdout.decode()
    assert "已建好" in run("index", data=tmp_path).stdout.decode()
    assert "已是最新" in run("index", data=tmp_path).stdout.decode()
    assert "2.5.16.a" in run("benefits", data=tmp_path).stdout.decode()
    assert run("version", data=tmp_path).stdout.startswith(b"mingce ")
