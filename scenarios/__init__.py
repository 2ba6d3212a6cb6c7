"""The shipped scenarios and their default parameters: YAML files, installed as package data."""
