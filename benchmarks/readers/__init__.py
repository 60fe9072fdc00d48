"""Readers beside a run: what each costs the other, and how long the write-ahead log gets."""
