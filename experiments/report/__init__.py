"""The page of a sweep: what its analysis found, to read and to print."""
