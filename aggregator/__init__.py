"""News aggregator and deduplicator: feeds in, clean stories out, everything in one SQLite file."""
