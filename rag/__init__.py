"""On the Record: question answering that can be quoted from."""
