"""The only place that picks adapters and reads settings."""
