"""Pure functions over text that every layer may use: normalisation, sentences, words."""
