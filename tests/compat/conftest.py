"""The recipes beside these tests are data: they are run as a user's files, and never imported."""

collect_ignore_glob = ["recipes/*"]
