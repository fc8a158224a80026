"""Scene files: short plays in YAML that are shown by `play`, checked by `eval`, and used as end-to-end tests."""
