"""The site without Quarto: pandoc and Typst do the work, this package brings them together."""
