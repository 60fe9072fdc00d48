"""Edge to the network: HTTP client and host politeness."""
