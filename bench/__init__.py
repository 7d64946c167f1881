"""Benchmarks: pages, documents, start-up and creating, each beside the limit that is wanted."""
