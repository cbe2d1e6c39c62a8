"""What happened in a turn, as lines to read."""

from collections.abc import Iterator

from assistant.trace import Event, Trace

_NAMES = {"step": "步骤", "model": "模型", "tool": "工具", "check": "核对", "answer": "作答"}
_STEPS = {
    "understand": "理解",
    "retrieve": "检索",
    "calculate": "测算",
    "compose": "成文",
    "verify": "核对数字",
    "converse": "模型对话",
}
_ENGINES = {"model": "模型的话，附引擎的结果", "builtin": "内置引擎"}


def trace_lines(trace: Trace) -> Iterator[str]:
    """A line for each event, and one for the whole: who answered, tokens."""
    for event in trace.events:
        if event.kind != "answer":
            yield f"{_NAMES[event.kind]:　<3} {_STEPS.get(event.name, event.name)}  {event.ms:.1f} ms{_detail(event)}"
    read, written = trace.tokens
    why = next((str(e.detail["why"]) for e in reversed(trace.events) if e.kind == "answer" and "why" in e.detail), "")
    tokens = f"；词元：读 {read}，写 {written}" if read or written else ""
    yield f"作答者：{_ENGINES[trace.engine]}{f'（{why}）' if why else ''}{tokens}"


def _detail(event: Event) -> str:
    detail = event.detail
    if event.kind == "tool":
        return "  " + "，".join(f"{key}={value}" for key, value in detail["arguments"].items())
    if event.kind == "check":
        return "  " + "；".join(detail.get("faults", ()))
    if event.kind == "model":
        return f"  出错：{detail['error']}" if "error" in detail else ""
    return ""
