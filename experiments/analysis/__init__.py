"""What the outcomes of a sweep say."""
