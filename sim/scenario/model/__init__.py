"""The model classes of a scenario; attribute names are the keys of the YAML."""
