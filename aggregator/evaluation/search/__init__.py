"""How well a search finds the forms of its words: planted queries whose answers are known."""
