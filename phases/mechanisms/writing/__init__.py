"""The mechanism: text, drafted from records, then edited by hand."""
