"""Who is calling: callers are known by keys, by an issuer's tokens, or not told apart."""
