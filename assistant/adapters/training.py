"""Trains the shipped static embedder on the packs' own words with sentence-transformers: seeded, seconds."""

import random
import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from assistant.adapters.embedders import EmbedderError
from corpus.schema import Pack

VOCABULARY, DIMENSIONS, SEED, EPOCHS, BATCH = 2400, 320, 7, 3, 64


def training_pairs(packs: Sequence[Pack]) -> list[tuple[str, str]]:
    """Texts that mean alike: titles and sentences, aliases and terms, sentences with a term said another way."""
    pairs: list[tuple[str, str]] = []
    for pack in packs:
        for clause in pack.document.clauses:
            sentences = [s for s in re.split(r"[。；\n]", clause.text) if len(s.strip()) > 6]
            pairs += [(clause.title, sentence) for sentence in sentences if clause.title]
            pairs += list(pairwise(sentences))
            pairs += list(_said_otherwise(sentences, pack))
        for term, aliases in pack.glossary.items():
            pairs += [(alias, term) for alias in aliases]
        for benefit in pack.benefits.values():
            pairs.append((benefit.name, benefit.quote.text))
            pairs += [(f"{benefit.to}{cue}补多少", benefit.quote.text) for cue in benefit.cues]
        for fact in pack.facts.values():
            pairs += [(word, fact.ask) for word in fact.words if fact.ask]
    return pairs


def _said_otherwise(sentences: Sequence[str], pack: Pack) -> Iterator[tuple[str, str]]:
    for sentence in sentences:
        for term, aliases in pack.glossary.items():
            if term in sentence:
                yield from ((sentence.replace(term, alias), sentence) for alias in aliases[:4])
                yield from ((f"{alias}能补多少", sentence) for alias in aliases[:4])


def train(packs: Sequence[Pack], folder: Path) -> dict[str, int]:
    """Train and write `tokenizer.json` and `model.safetensors`; the same packs give the same files.

    Raises EmbedderError where sentence-transformers is not installed.
    """
    try:
        import torch
        from sentence_transformers import SentenceTransformer
        from sentence_transformers.sentence_transformer.losses import MultipleNegativesRankingLoss
        from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    except ImportError as error:
        raise EmbedderError("训练需要 sentence-transformers：请运行 pip install 'mingce[embed]'") from error
    torch.manual_seed(SEED)
    torch.use_deterministic_algorithms(True)
    torch.set_num_threads(1)
    pairs = training_pairs(packs)
    random.Random(SEED).shuffle(pairs)
    tokenizer = _tokenizer([text for pair in pairs for text in pair] + [pack.document.source for pack in packs])
    static = StaticEmbedding(tokenizer, embedding_dim=DIMENSIONS)
    model = SentenceTransformer(modules=[static], device="cpu")
    loss = MultipleNegativesRankingLoss(model)
    optimiser = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(EPOCHS):
        for start in range(0, len(pairs), BATCH):
            batch = pairs[start : start + BATCH]
            features = [model.preprocess([pair[side] for pair in batch]) for side in (0, 1)]
            optimiser.zero_grad()
            value = loss(features, torch.empty(0))
            value.backward()
            optimiser.step()
    _write(static, tokenizer, folder)
    return {"pairs": len(pairs), "vocabulary": tokenizer.get_vocab_size(), "dimensions": DIMENSIONS}


def _tokenizer(texts: Sequence[str]) -> Any:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Split(Regex(r"[^\u4e00-\u9fffa-z]+"), "removed")
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, min_frequency=2, special_tokens=["[UNK]"], show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def _write(static: Any, tokenizer: Any, folder: Path) -> None:
    import numpy as np
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    weights = static.embedding.weight.detach().numpy().astype(np.float32)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    save_file({"embedding.weight": weights}, str(folder / "model.safetensors"))
