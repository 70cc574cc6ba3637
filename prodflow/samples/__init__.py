"""Small real data that comes with prodflow, for demos, tests and benchmarks."""

from prodflow.samples.fashion import fashion_images, fashion_labels

__all__ = ["fashion_images", "fashion_labels"]
