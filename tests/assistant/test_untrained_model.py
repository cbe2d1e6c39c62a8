"""A real model behind a real server, never trained: its nonsense ends in the engine's answer."""

import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast, Qwen2Config, Qwen2ForCausalLM

from assistant.adapters.agent import open_agent
from assistant.pipeline import answer
from assistant.settings import ModelSettings
from assistant.state import Desk
from assistant.trace import Trace

END = "<|end|>"
START_SECONDS = 120


def make_model(folder: Path, text: str) -> None:
    """A Qwen2 of two thin layers with random weights, its tokenizer learned from a policy's text."""
    torch.manual_seed(1)
    raw = Tokenizer(models.BPE())
    raw.pre_tokenizer, raw.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    raw.train_from_iterator(
        text.splitlines(), trainers.BpeTrainer(vocab_size=600, special_tokens=[END], initial_alphabet=alphabet)
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=raw, eos_token=END, pad_token=END)
    tokenizer.chat_template = "{% for m in messages %}{{ m['role'] }}: {{ m['content'] }}\n{% endfor %}assistant:"
    tokenizer.save_pretrained(folder)
    end = tokenizer.eos_token_id
    sizes = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 2,
        "num_key_value_heads": 2,
    }
    config = Qwen2Config(vocab_size=len(tokenizer), max_position_embeddings=16384, eos_token_id=end, pad_token_id=end, **sizes)
    Qwen2ForCausalLM(config).save_pretrained(folder)


@pytest.fixture(scope="module")
def nonsense(tmp_path_factory: pytest.TempPathFactory, desk: Desk) -> Iterator[tuple[str, str]]:
    """The name of the model and the URL where it is served."""
    folder = tmp_path_factory.mktemp("untrained")
    make_model(folder, desk.packs[desk.default].document.source)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [str(Path(sys.executable).with_name("transformers")), "serve", str(folder)]
    options = ["--host", "127.0.0.1", "--port", str(port), "--device", "cpu", "--default-seed", "1"]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen([*command, *options], stdout=log, stderr=log)
    try:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and process.poll() is None:
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail((folder / "log").read_text()[-2000:])
        yield str(folder), f"http://127.0.0.1:{port}/v1"
    finally:
        process.terminate()
        process.wait(20)


@pytest.mark.parametrize("streaming", [False, True])
@pytest.mark.parametrize("question", ["高新技术企业，研发经费投入320万，最多补多少", "第16条由哪些部门负责", "上海的政策给多少"])
def test_nonsense_ends_in_the_engines_answer(desk: Desk, nonsense: tuple[str, str], question: str, streaming: bool) -> None:
    name, url = nonsense
    options = {"base_url": url, "api_key": "none", "streaming": streaming}
    agent = open_agent(ModelSettings(f"openai:{name}", 30.0, tokens=100, options=options))
    seen = Trace()
    said, _ = answer(question, replace(desk, talker=agent), watch=seen)
    plain, _ = answer(question, desk)
    assert said == plain
    assert seen.engine == "builtin"
    assert any(event.kind == "model" and "error" not in event.detail for event in seen.events), "the model was not reached"
