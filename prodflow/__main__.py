from prodflow.cli.main import main

main()
