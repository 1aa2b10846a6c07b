"""Measuring the product on questions whose answers are known.

`questions` reads the files, `figures` computes from answers, as pure functions, what the contract names.
"""
