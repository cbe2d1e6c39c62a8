"""The fourth step: outcomes and clauses become a short answer, result first."""

from assistant.compose.step import compose

__all__ = ["compose"]
