"""What polling costs: this program beside reader, and beside bare httpx and feedparser."""
