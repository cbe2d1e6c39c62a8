"""What the engine asks of a language model; assistant/adapters/agent.py answers it with langchain."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from pydantic import BaseModel, Field

from assistant.trace import Watch
from corpus.errors import MingceError

ReplyKind = Literal["answer", "ask", "decline", "chat"]


class TalkError(MingceError):
    """The model did not answer as it must: down, slow, limited, empty or malformed."""


class Reply(BaseModel):
    """答复用户。words 里的数额、比例、引文、条款号一律用槽（如 {{r1}}），不得自己写数。"""

    kind: ReplyKind = Field(default="answer", description="answer 作答；ask 追问；decline 文件里没有；chat 寒暄")
    words: str = Field(description="给用户看的话，一两段，结果在前；数字一律用槽")


@dataclass(frozen=True, slots=True)
class Message:
    """One message of the conversation with the model."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that the model may call: `schema` is the JSON schema of the arguments, `run` gives text for the model."""

    name: str
    description: str
    schema: Mapping[str, Any]
    run: Callable[[Mapping[str, Any]], str]


class Talker(Protocol):
    """A configured language model with tools."""

    @property
    def name(self) -> str:
        """The model as configured, such as `openai:qwen3`."""
        ...

    @property
    def seconds(self) -> float:
        """The total time for one answer, repair included."""
        ...

    @property
    def ready(self) -> bool:
        """Whether it is worth asking: false for a while after several failures."""
        ...

    def run(self, system: str, messages: Sequence[Message], tools: Sequence[Tool], seconds: float, watch: Watch) -> Reply:
        """The model's reply within `seconds`; raises TalkError for everything that goes wrong."""
        ...
