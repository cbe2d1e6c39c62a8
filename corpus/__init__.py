"""Policies as data: sources, clauses, rules bound to quotes."""
