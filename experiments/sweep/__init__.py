"""Plan, store, executors and runner of a sweep."""
