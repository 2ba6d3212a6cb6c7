"""Fits the simulator to published figures; uses only the public interface of `sim`."""
