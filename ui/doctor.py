"""What is set, whether it works, and what leaves the machine: `mingce doctor`."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from assistant.settings import STATIC, Settings, SettingsError
from assistant.talk.talker import TalkError

if TYPE_CHECKING:
    from assistant.adapters.agent import Agent

_LEAVES = (
    "会发给模型的：问题和前几轮对话、引擎读出的结果、相关条文；其中的手机号、电话、身份证号、统一社会信用代码、银行账号、邮箱先遮去",
    "不会发出的：其他对话、本机文件、密钥以外的设置",
)
_LOCAL = ("localhost", "127.0.0.1", "::1")


def report(settings: Settings) -> Iterator[tuple[str, bool]]:
    """The lines of the report, each with whether what it tells is in order."""
    yield f"政策：{settings.policy}；数据目录：{settings.data}", True
    embedder = "自带" if settings.embedder == STATIC else settings.embedder
    yield f"向量模型：{embedder}；Chroma：{settings.chroma_url or '内置'}", True
    if settings.model is None:
        yield "语言模型：未配置，由内置引擎作答；没有任何内容离开本机", True
        return
    from assistant.adapters.agent import open_agent

    yield f"语言模型：{settings.model.name}；总时限 {settings.model.seconds:g} 秒", True
    try:
        yield from _model(open_agent(settings.model), settings.model.seconds)
    except SettingsError as error:
        yield f"  {error}", False


def _model(agent: "Agent", seconds: float) -> Iterator[tuple[str, bool]]:
    started = time.perf_counter()
    try:
        text, _, _ = agent.complete("", "请只回答一个字：好", seconds)
    except TalkError as error:
        cause = error.__cause__
        yield f"  没有应答：{error}{f'（{cause}）'[:200] if cause else ''}", False
        yield "  请检查密钥、地址和模型名；在此期间由内置引擎作答", True
        return
    host = urlsplit(agent.address).hostname or "提供方的默认地址"
    yield f"  地址：{host}{'（本机）' if host in _LOCAL else ''}", True
    yield f"  应答：{time.perf_counter() - started:.1f} 秒，“{text[:20]}”", True
    try:
        able = agent.calls_tools(seconds)
    except TalkError as error:
        yield f"  工具调用：{error}", False
        return
    yield ("  工具调用：可以" if able else "  工具调用：没有调用，这个模型多半不能用；由内置引擎作答"), able
    if host not in _LOCAL:
        for line in _LEAVES:
            yield f"  {line}", True
    else:
        yield "  模型在本机，问题不离开本机", True
