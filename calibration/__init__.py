"""Fits the simulator to published figures and checks it on others; uses only the public interface of `sim`."""
