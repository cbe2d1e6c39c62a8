"""A language model as its users set it up: doctor, trace, .env; and the collector of traces."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from model_server import ModelServer, Turn, reply, serving, slots_in
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "高新技术企业，研发经费投入320万，最多补多少"


def script(request: dict[str, Any]) -> Turn:
    tools = [tool["function"]["name"] for tool in request.get("tools", [])]
    if not tools:
        return Turn(text="好")
    if "ping" in tools:
        return Turn(calls=[("ping", {"word": "ok"})])
    return reply("可得{{r1}}。" if "r1" in slots_in(request) else "请看旁边。")


@pytest.fixture
def server() -> Iterator[ModelServer]:
    with serving(script) as running:
        yield running


def run(*args: str, data: Path, stdin: str = "", cwd: Path = ROOT, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "ui.cli", *args],
        cwd=cwd,
        input=stdin,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**os.environ, "MINGCE_DATA": str(data), "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "secret-key", **env},
    )


def model(server: ModelServer) -> dict[str, str]:
    return {"MINGCE_MODEL": "openai:scripted", "OPENAI_BASE_URL": server.url}


def test_doctor_without_a_model(tmp_path: Path) -> None:
    done = run("doctor", data=tmp_path)
    assert done.returncode == 0
    assert "未配置，由内置引擎作答；没有任何内容离开本机" in done.stdout


def test_doctor_with_a_model_that_works(tmp_path: Path, server: ModelServer) -> None:
    done = run("doctor", data=tmp_path, **model(server))
    assert done.returncode == 0, done.stdout + done.stderr
    assert "工具调用：可以" in done.stdout
    assert "127.0.0.1（本机）" in done.stdout
    assert "secret-key" not in done.stdout + done.stderr


def test_doctor_with_a_model_that_calls_no_tools(tmp_path: Path, server: ModelServer) -> None:
    server.script = lambda _request: Turn(text="好")
    done = run("doctor", data=tmp_path, **model(server))
    assert done.returncode == 1
    assert "没有调用" in done.stdout


def test_doctor_with_a_model_that_does_not_answer(tmp_path: Path, server: ModelServer) -> None:
    server.script = lambda _request: Turn(status=401)
    done = run("doctor", data=tmp_path, **model(server))
    assert done.returncode == 1
    assert "没有应答" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_missing_package_is_named_with_its_command(tmp_path: Path) -> None:
    done = run("ask", QUESTION, data=tmp_path, MINGCE_MODEL="nowhere:x")
    assert done.returncode == 1
    assert "pip install langchain-nowhere" in done.stderr


def test_the_trace_goes_beside_the_answer(tmp_path: Path, server: ModelServer) -> None:
    done = run("ask", "--trace", QUESTION, data=tmp_path, **model(server))
    assert "AI 解读：可得研究开发财政补助最高8万元（[2.1.2]）。" in done.stdout
    assert "作答者：模型的话，附引擎的结果；词元：读 900，写 60" in done.stderr
    plain = run("ask", "--json", "--trace", QUESTION, data=tmp_path, **model(server))
    kinds = {event["kind"] for event in json.loads(plain.stdout)["trace"]}
    assert kinds == {"step", "model", "check", "answer"}


def test_a_batch_keeps_a_trace_a_line(tmp_path: Path, server: ModelServer) -> None:
    lines = "".join(json.dumps({"id": n, "turns": [QUESTION]}) + "\n" for n in "ab")
    done = run("ask", "--jsonl", "--trace", data=tmp_path, stdin=lines, **model(server))
    replies = [json.loads(line) for line in done.stdout.splitlines()]
    assert [r["trace"][-2]["name"] for r in replies] == ["model", "model"]
    assert "trace" not in json.loads(run("ask", "--jsonl", data=tmp_path, stdin=lines).stdout.splitlines()[0])


def test_settings_are_read_from_a_file_in_the_folder(tmp_path: Path, server: ModelServer) -> None:
    (tmp_path / ".env").write_text(f"MINGCE_MODEL=openai:scripted\nOPENAI_BASE_URL={server.url}\n", encoding="utf-8")
    env = {key: value for key, value in os.environ.items() if key != "MINGCE_MODEL"}
    code = "import sys; sys.argv = ['mingce', 'doctor']; from ui.cli import main; main()"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env={**env, "PYTHONPATH": str(ROOT), "OPENAI_API_KEY": "k"},
    )
    assert "语言模型：openai:scripted" in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("block", ["openai", "ollama", "anthropic"])
def test_the_example_settings_can_be_pasted(block: str) -> None:
    text = (ROOT / ".env.example").read_text(encoding="utf-8")
    assert f"MINGCE_MODEL={block}:" in text
    assert f"pip install 'mingce[{block}]'" in text


def test_an_evaluation_with_the_model_keeps_traces_tokens_and_cost(tmp_path: Path, server: ModelServer) -> None:
    cases = tmp_path / "mine.jsonl"
    case = {
        "id": "m-1",
        "persona": "enterprise",
        "category": "calc",
        "turns": [QUESTION],
        "outcome": "answer",
        "clauses": ["2.1.2"],
    }
    case |= {
        "amounts": [{"kind": "upper_bound", "low_yuan": None, "high_yuan": 80000}],
        "must_say": [],
        "must_not_say": [],
        "why": "x",
    }
    cases.write_text(json.dumps(case, ensure_ascii=False) + "\n", encoding="utf-8")
    out = tmp_path / "run"
    arguments = ["eval", "run", str(cases), "--engine", "model", "--repeat", "2", "--out", str(out)]
    done = run(*arguments, data=tmp_path, MINGCE_MODEL_PRICE="2,8", **model(server))
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [json.loads(line) for line in (out / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [row["tokens"] for row in rows] == [960, 960]
    assert rows[0]["cost_yuan"] == pytest.approx((900 * 2 + 60 * 8) / 1e6)
    assert rows[0]["reply"]["engine"] == "model"
    assert any(event["kind"] == "check" for event in rows[0]["reply"]["trace"])


def test_an_evaluation_without_a_model_says_what_to_set(tmp_path: Path) -> None:
    done = run("eval", "run", "liuhe-2023", "--engine", "model", "--out", str(tmp_path / "run"), data=tmp_path)
    assert done.returncode == 1
    assert "MINGCE_MODEL" in done.stderr


def test_spans_reach_a_collector(tmp_path: Path, server: ModelServer) -> None:
    bodies: list[bytes] = []

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    collector = HTTPServer(("127.0.0.1", 0), Collector)
    threading.Thread(target=collector.serve_forever, daemon=True).start()
    try:
        address = f"http://127.0.0.1:{collector.server_port}"
        options = {"OTEL_EXPORTER_OTLP_ENDPOINT": address, "OTEL_EXPORTER_OTLP_COMPRESSION": "none"}
        done = run("ask", QUESTION, data=tmp_path, **options, **model(server))
    finally:
        collector.shutdown()
        collector.server_close()
    assert "AI 解读" in done.stdout
    spans = [
        span
        for body in bodies
        for resource in ExportTraceServiceRequest.FromString(body).resource_spans
        for scope in resource.scope_spans
        for span in scope.spans
    ]
    names = {span.name for span in spans}
    assert {"mingce.turn", "chat", "step understand", "step converse"} <= names
    chat = next(span for span in spans if span.name == "chat")
    attributes = {a.key: a.value.string_value or a.value.int_value for a in chat.attributes}
    assert attributes["gen_ai.request.model"] == "openai:scripted"
    assert attributes["gen_ai.usage.input_tokens"] == 900
    assert b"320" not in b"".join(bodies)
