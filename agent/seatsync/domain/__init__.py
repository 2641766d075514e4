"""The domain: words and rules of licence reselling, pure and on the standard library alone."""
