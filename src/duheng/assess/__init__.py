"""Assessment: books as of a moment, the board, lights, evidence, who owes what, findings."""
