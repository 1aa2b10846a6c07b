"""Models that read two texts together: found on this machine, loaded when first used, long texts cut for them."""

from rag.cross_encoders.finding import Purpose, find_cross_encoder

__all__ = ["Purpose", "find_cross_encoder"]
