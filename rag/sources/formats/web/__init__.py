"""Pages of the web and books made of them: HTML trees, their main text, blocks and facts."""
