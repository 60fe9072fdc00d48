"""What answers over HTTP: the read-only API, the syndicated feeds, and a page that names them."""
