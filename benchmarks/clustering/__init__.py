"""What copies and stories cost on a stream of a million articles, and whether order matters."""
