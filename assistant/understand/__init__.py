"""From words to what is asked: terms, figures, ways of asking, subjects, facts."""
