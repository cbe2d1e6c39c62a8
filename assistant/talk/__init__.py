"""What a language model may say: words with slots, which code fills; tools, the check of its words, and the way back."""
