"""A language model as an agent with tools, through langchain: limits, retries, one total deadline, events as they happen."""

from __future__ import annotations

import asyncio
import importlib.util
import json
import os
import threading
import time
from collections.abc import Callable, Coroutine, Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any, TypeVar

from pydantic import ValidationError

from assistant.privacy import mask
from assistant.settings import ModelSettings, SettingsError
from assistant.talk.talker import Message, Reply, TalkError, Tool
from assistant.trace import Event, Watch

MODEL_CALLS, TOOL_CALLS, RETRIES = 6, 10, 2
_FAILURES, _REST_SECONDS = 3, 60.0
_SHOWN = 300
_T = TypeVar("_T")


def open_agent(settings: ModelSettings) -> Agent:
    """The configured model; it is connected to with the first question.

    Raises SettingsError with the command to install where the provider's package is missing.
    """
    provider = settings.name.split(":", 1)[0]
    package = f"langchain_{provider}"
    if importlib.util.find_spec(package) is None:
        raise SettingsError(f"MINGCE_MODEL 用的是“{provider}”，还没有装它的组件：{install_command(provider)}")
    return Agent(settings)


def install_command(provider: str) -> str:
    """How to install what a provider needs: an extra of ours, else langchain's package."""
    from importlib.metadata import metadata

    extras = metadata("mingce").get_all("Provides-Extra") or []
    return f"pip install 'mingce[{provider}]'" if provider in extras else f"pip install langchain-{provider.replace('_', '-')}"


class Agent:
    """A Talker; its calls run in one background event loop, where a deadline can cut a stream that only drips."""

    def __init__(self, settings: ModelSettings) -> None:
        self._settings = settings
        self._model: Any = None
        self._opening = threading.Lock()
        self._failed = 0
        self._rests_until = 0.0

    @property
    def name(self) -> str:
        """The model as configured."""
        return self._settings.name

    @property
    def seconds(self) -> float:
        """The total time for one answer."""
        return self._settings.seconds

    @property
    def ready(self) -> bool:
        """False for a minute after three failures in a row, so that users do not wait for a model that is down."""
        return time.monotonic() >= self._rests_until

    def run(self, system: str, messages: Sequence[Message], tools: Sequence[Tool], seconds: float, watch: Watch) -> Reply:
        """The model's reply within `seconds`; raises TalkError for everything that goes wrong."""
        try:
            reply = in_background(self._converse(system, messages, tools, seconds, watch), seconds)
        except TalkError:
            self._failed += 1
            if self._failed >= _FAILURES:
                self._failed, self._rests_until = 0, time.monotonic() + _REST_SECONDS
            raise
        self._failed = 0
        return reply

    def complete(self, system: str, question: str, seconds: float) -> tuple[str, int, int]:
        """One plain completion without tools: the text, tokens read, tokens written; raises TalkError."""

        async def ask() -> tuple[str, int, int]:
            async with asyncio.timeout(seconds):
                model = await asyncio.to_thread(self.open)
                said = await model.ainvoke([("system", system), ("user", question)])
            usage = said.usage_metadata or {}
            return text_of(said), int(usage.get("input_tokens", 0)), int(usage.get("output_tokens", 0))

        return in_background(_guarded(ask()), seconds)

    def calls_tools(self, seconds: float) -> bool:
        """Whether the model calls a tool that it is told to call; raises TalkError where it does not answer."""
        schema = {"title": "ping", "description": "测试", "type": "object", "properties": {"word": {"type": "string"}}}

        async def ask() -> bool:
            async with asyncio.timeout(seconds):
                model = await asyncio.to_thread(self.open)
                said = await model.bind_tools([schema]).ainvoke([("user", "请调用 ping 工具，word 填 ok。")])
            return any(call["name"] == "ping" for call in said.tool_calls)

        return in_background(_guarded(ask()), seconds)

    @property
    def address(self) -> str:
        """Where the model is reached, as its client says; empty for the provider's own address."""
        if self.name.startswith("ollama:"):
            return os.environ.get("OLLAMA_HOST") or "http://127.0.0.1:11434"
        model = self.open()
        client = getattr(model, "root_async_client", None) or model
        names = ("base_url", "anthropic_api_url")
        return next((str(found) for name in names if (found := getattr(client, name, None))), "")

    def open(self) -> Any:
        """The langchain chat model, opened once; raises what the provider raises."""
        with self._opening:
            if self._model is None:
                from langchain.chat_models import init_chat_model

                self._model = init_chat_model(self._settings.name, **_options(self._settings))
            return self._model

    async def _converse(
        self, system: str, messages: Sequence[Message], tools: Sequence[Tool], seconds: float, watch: Watch
    ) -> Reply:
        return await _guarded(self._agent(system, messages, tools, seconds, watch))

    async def _agent(
        self, system: str, messages: Sequence[Message], tools: Sequence[Tool], seconds: float, watch: Watch
    ) -> Reply:
        async with asyncio.timeout(seconds):
            model = await asyncio.to_thread(self.open)
            agent = await asyncio.to_thread(_built, model, system, tools, watch)
            state = {"messages": [{"role": message.role, "content": message.text} for message in messages]}
            result = await agent.ainvoke(state, {"recursion_limit": 4 * (MODEL_CALLS + TOOL_CALLS)})
        reply = result.get("structured_response")
        if isinstance(reply, Reply):
            return reply
        return reply_of(result["messages"][-1])


def _options(settings: ModelSettings) -> dict[str, Any]:
    """What a provider is opened with: the limit of tokens under its own name; retries are ours, not the client's."""
    if settings.name.startswith("ollama:"):
        return {"num_predict": settings.tokens, **settings.options}
    return {"max_tokens": settings.tokens, "max_retries": 0, "timeout": settings.seconds, **settings.options}


def _built(model: Any, system: str, tools: Sequence[Tool], watch: Watch) -> Any:
    from langchain.agents import create_agent
    from langchain.agents.middleware import ModelCallLimitMiddleware, ModelRetryMiddleware, ToolCallLimitMiddleware
    from langchain.agents.structured_output import ToolStrategy

    return create_agent(
        model,
        [_as_tool(tool, watch) for tool in tools],
        system_prompt=system,
        middleware=[
            ModelCallLimitMiddleware(run_limit=MODEL_CALLS, exit_behavior="error"),
            ToolCallLimitMiddleware(run_limit=TOOL_CALLS, exit_behavior="error"),
            ModelRetryMiddleware(max_retries=RETRIES, retry_on=_passing, on_failure="error", initial_delay=0.4, max_delay=4.0),
            _watched(watch),
        ],
        response_format=ToolStrategy(Reply),
    )


def _passing(error: Exception) -> bool:
    """Whether an error may be gone at the next try: 429, 5xx, a broken connection."""
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return status in (408, 409, 429) or status >= 500
    broken = ("ConnectionError", "ConnectError", "ReadError", "RemoteProtocolError")
    return any(kind.__name__.endswith(broken) for kind in type(error).__mro__)


def _watched(watch: Watch) -> Any:
    """Middleware that tells of each model call: how long, how many tokens."""
    from langchain.agents.middleware import AgentMiddleware

    class Watched(AgentMiddleware[Any, Any, Any]):
        async def awrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
            started = time.perf_counter()
            try:
                response = await handler(request)
            except Exception as error:
                watch(Event("model", "call", _since(started), {"error": type(error).__name__}))
                raise
            usage: Mapping[str, int] = next((m.usage_metadata for m in response.result if getattr(m, "usage_metadata", None)), {})
            detail = {key: usage[key] for key in ("input_tokens", "output_tokens") if key in usage}
            watch(Event("model", "call", _since(started), detail))
            return response

    return Watched()


def _as_tool(tool: Tool, watch: Watch) -> Any:
    from langchain_core.tools import StructuredTool

    async def call(**arguments: Any) -> str:
        started = time.perf_counter()
        result = tool.run(arguments)
        shown = {key: mask(str(value)[: 2 * _SHOWN])[:_SHOWN] for key, value in arguments.items()}
        watch(Event("tool", tool.name, _since(started), {"arguments": shown, "result": mask(result[: 2 * _SHOWN])[:_SHOWN]}))
        return result

    return StructuredTool(name=tool.name, description=tool.description, args_schema=dict(tool.schema), coroutine=call)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def reply_of(message: Any) -> Reply:
    """A reply from a message of text: the JSON that was asked for, or plain words; raises TalkError for anything else."""
    if getattr(message, "type", "") != "ai":
        raise TalkError("模型没有答复")
    if getattr(message, "invalid_tool_calls", None):
        raise TalkError("模型的工具调用格式不对")
    ended = {message.response_metadata.get(name) for name in ("finish_reason", "stop_reason", "done_reason")} - {None}
    if not ended or ended & {"length", "max_tokens"}:
        raise TalkError("模型的答复被截断")
    text = text_of(message)
    if not text:
        raise TalkError("模型的答复是空的")
    if text.startswith(("{", "```")):
        try:
            return Reply.model_validate(json.loads(text.strip("`").removeprefix("json").strip()))
        except (json.JSONDecodeError, ValidationError, RecursionError):
            raise TalkError("模型的答复格式不对") from None
    return Reply(words=text)


def text_of(message: Any) -> str:
    """The text of a message, whether plain or in blocks."""
    content = message.content
    if isinstance(content, str):
        return content.strip()
    return "".join(str(block.get("text", "")) for block in content if isinstance(block, Mapping)).strip()


async def _guarded(work: Coroutine[Any, Any, _T]) -> _T:
    """The result; whatever a provider or langchain raises becomes a TalkError, for the engine's answer stands ready."""
    try:
        return await work
    except TalkError:
        raise
    except TimeoutError:
        raise TalkError("模型超过总时限") from None
    except Exception as error:
        raise TalkError(f"模型出错：{type(error).__name__}") from error


_loops: list[asyncio.AbstractEventLoop] = []
_starting = threading.Lock()


def in_background(work: Coroutine[Any, Any, _T], seconds: float) -> _T:
    """The result of a coroutine in the background loop; raises TalkError where even its own deadline did not stop it."""
    with _starting:
        if not _loops:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="model", daemon=True).start()
            _loops.append(loop)
    future = asyncio.run_coroutine_threadsafe(work, _loops[0])
    try:
        return future.result(seconds + 0.5)
    except FutureTimeout:
        future.cancel()
        raise TalkError("模型超过总时限") from None
