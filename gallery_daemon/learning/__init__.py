"""Learning from what people do with their photos: lessons, and by them a better model."""
