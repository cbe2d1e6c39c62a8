"""Traces of turns to an OpenTelemetry collector, where one is configured: a span a turn, with its steps, calls and tools.

Attributes follow the semantic conventions for generative AI; nothing that the user said is sent, only names, times, counts.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

from assistant.settings import SettingsError
from assistant.trace import Event, Trace

_EXPORTER = "opentelemetry.exporter.otlp.proto.http"
_NANO = 1_000_000_000


def open_telemetry(model: str) -> Callable[[Trace], None]:
    """What sends the trace of a turn; address and headers stand in OpenTelemetry's own variables.

    Raises SettingsError with the command to install where the exporter is missing.
    """
    if importlib.util.find_spec("opentelemetry.exporter.otlp.proto") is None or importlib.util.find_spec(_EXPORTER) is None:
        raise SettingsError("设了 OTEL_EXPORTER_OTLP_ENDPOINT，还没有装它的组件：pip install 'mingce[otel]'")
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource.create({"service.name": "mingce"}))
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(), schedule_delay_millis=1000))
    tracer = provider.get_tracer("mingce")

    def send(trace: Trace) -> None:
        _send(tracer, trace, model)

    return send


def _send(tracer: Any, trace: Trace, model: str) -> None:
    from opentelemetry.trace import set_span_in_context

    if not trace.events:
        return
    begin = min(event.at - event.ms / 1000 for event in trace.events)
    turn = tracer.start_span("mingce.turn", start_time=int(begin * _NANO))
    turn.set_attribute("mingce.engine", trace.engine)
    inside = set_span_in_context(turn)
    for event in trace.events:
        if event.kind == "answer":
            turn.set_attribute("mingce.why", str(event.detail.get("why", "")))
            continue
        span = tracer.start_span(_name(event), context=inside, start_time=int((event.at - event.ms / 1000) * _NANO))
        for key, value in _attributes(event, model).items():
            span.set_attribute(key, value)
        span.end(int(event.at * _NANO))
    turn.end(int(max(event.at for event in trace.events) * _NANO))


def _name(event: Event) -> str:
    return {"model": "chat", "tool": f"execute_tool {event.name}"}.get(event.kind, f"{event.kind} {event.name}")


def _attributes(event: Event, model: str) -> dict[str, Any]:
    if event.kind == "tool":
        return {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": event.name}
    if event.kind == "check":
        return {"mingce.faults": len(event.detail.get("faults", ()))}
    if event.kind == "model":
        found: dict[str, Any] = {"gen_ai.operation.name": "chat", "gen_ai.request.model": model}
        for ours, theirs in (("input_tokens", "gen_ai.usage.input_tokens"), ("output_tokens", "gen_ai.usage.output_tokens")):
            if ours in event.detail:
                found[theirs] = event.detail[ours]
        if "error" in event.detail:
            found["error.type"] = event.detail["error"]
        return found
    return {}
