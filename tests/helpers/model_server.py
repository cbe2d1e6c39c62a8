"""An OpenAI-compatible HTTP server that answers by a script: tool calls, streams, and every way to go wrong."""

import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Turn:
    """One reply of the server: text, tool calls (name, arguments as an object or as raw text), or a fault."""

    text: str = ""
    calls: Sequence[tuple[str, Any]] = ()
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    finish: str = ""
    hang: float = 0.0  # seconds before anything is sent
    drip: float = 0.0  # seconds between the chunks of a stream
    cut: bool = False  # close the socket half-way
    empty_choices: bool = False


Script = Callable[[dict[str, Any]], Turn]


def slots_in(request: Mapping[str, Any]) -> dict[str, str]:
    """The slots that the last user message and the tools have listed so far."""
    text = "\n".join(str(m.get("content") or "") for m in request["messages"] if m["role"] in ("user", "tool"))
    return dict(re.findall(r"^\{\{([a-z]+\d+(?:\.[a-z]+)?)\}\} (?:= )?(.*)$", text, re.MULTILINE))


def conclusion(request: Mapping[str, Any]) -> str:
    """What the engine's answer is, as the model is told: 已能作答, 缺事实, 文件里没有."""
    found = re.findall(r"程序的结论：(\S+?)（", "\n".join(str(m.get("content") or "") for m in request["messages"]))
    return str(found[-1]) if found else ""


def reply(words: str, kind: str = "answer") -> Turn:
    return Turn(calls=[("Reply", {"kind": kind, "words": words})])


class ModelServer(ThreadingHTTPServer):
    """Keeps what it was asked; `script` may be changed between questions."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, script: Script) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.script = script
        self.requests: list[dict[str, Any]] = []
        self.dropped = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def handle_error(self, request: Any, client_address: Any) -> None:
        del request, client_address
        self.dropped += 1


@contextmanager
def serving(script: Script) -> Iterator[ModelServer]:
    server = ModelServer(script)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ModelServer

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(request)
        turn = self.server.script(request)
        if turn.hang:
            time.sleep(turn.hang)
        if turn.raw is not None:
            self._send(turn.status, turn.raw, turn.headers)
        elif turn.status != 200:
            body = json.dumps({"error": {"message": "boom", "type": "server_error"}}).encode()
            self._send(turn.status, body, {"Content-Type": "application/json", **turn.headers})
        elif request.get("stream"):
            self._stream(turn)
        else:
            self._whole(turn)

    def _whole(self, turn: Turn) -> None:
        message: dict[str, Any] = {"role": "assistant", "content": turn.text or None}
        if turn.calls:
            message["tool_calls"] = _calls(turn)
        choice = {"index": 0, "message": message, "finish_reason": turn.finish or ("tool_calls" if turn.calls else "stop")}
        usage = {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}
        whole = {"id": "x", "object": "chat.completion", "created": 1, "model": "scripted", "usage": usage}
        body = json.dumps({**whole, "choices": [] if turn.empty_choices else [choice]}, ensure_ascii=False).encode()
        self._send(200, body[: len(body) // 2] if turn.cut else body, {"Content-Type": "application/json"}, length=len(body))

    def _stream(self, turn: Turn) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        pieces: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        pieces += [{"content": turn.text[i : i + 12]} for i in range(0, len(turn.text), 12)]
        for index, call in enumerate(_calls(turn)):
            arguments = call["function"]["arguments"]
            head = {**call, "index": index, "function": {"name": call["function"]["name"], "arguments": ""}}
            pieces.append({"tool_calls": [head]})
            pieces += [
                {"tool_calls": [{"index": index, "function": {"arguments": arguments[i : i + 12]}}]}
                for i in range(0, len(arguments), 12)
            ]
        if turn.empty_choices:
            pieces = []
        for number, piece in enumerate(pieces):
            if turn.cut and number > len(pieces) // 2:
                return
            self._event({"choices": [{"index": 0, "delta": piece, "finish_reason": None}]})
            if turn.drip:
                time.sleep(turn.drip)
        finish = turn.finish or ("tool_calls" if turn.calls else "stop")
        self._event({"choices": [] if turn.empty_choices else [{"index": 0, "delta": {}, "finish_reason": finish}]})
        self._event({"choices": [], "usage": {"prompt_tokens": 900, "completion_tokens": 60, "total_tokens": 960}})
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def _event(self, data: dict[str, Any]) -> None:
        whole = {"id": "x", "object": "chat.completion.chunk", "created": 1, "model": "scripted", **data}
        self.wfile.write(b"data: " + json.dumps(whole, ensure_ascii=False).encode() + b"\n\n")
        self.wfile.flush()

    def _send(self, status: int, body: bytes, headers: Mapping[str, str], length: int | None = None) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)
        self.close_connection = length is not None and length != len(body)

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


def _calls(turn: Turn) -> list[dict[str, Any]]:
    return [
        {
            "id": f"call_{number}",
            "type": "function",
            "function": {
                "name": name,
                "arguments": arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False),
            },
        }
        for number, (name, arguments) in enumerate(turn.calls)
    ]
