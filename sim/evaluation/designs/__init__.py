"""The designs of an evaluation, a file each."""
