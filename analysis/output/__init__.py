"""Where results go: the project's folders, files replaced whole, the terminal."""
