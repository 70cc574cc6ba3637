"""The HTTP server: thin routes over the controller, and the annotators' web app."""
