"""Small real data that comes with prodflow, for demos, previews, tests and benchmarks."""

from prodflow.samples.examples import Example, example, examples
from prodflow.samples.fashion import fashion_images, fashion_labels

__all__ = ["Example", "example", "examples", "fashion_images", "fashion_labels"]
