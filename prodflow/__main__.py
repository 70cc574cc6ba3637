"""`python -m prodflow` is the command `prodflow`."""

from prodflow.cli.main import main

main()
