"""From answers to trained models: spaCy pipelines and the image classifier."""
