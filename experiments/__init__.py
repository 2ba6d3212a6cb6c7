"""Designs of many runs, their runner and their store; uses only the public interface of `sim`."""
