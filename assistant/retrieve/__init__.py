"""Finds clauses: lexical and vector scores over clauses and their sentences, never over blind windows."""

from assistant.retrieve.hybrid import Hit, Retriever

__all__ = ["Hit", "Retriever"]
