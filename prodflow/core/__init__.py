"""Tasks, operators, pipelines: the words the rest of prodflow is written in. Imports nothing else of prodflow."""
