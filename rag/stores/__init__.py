"""Where the chunks of an index are searched: one seam (`ChunkStore`), on this machine or in a Milvus server."""
