"""The way of a question: understand, retrieve, calculate, compose, verify."""
