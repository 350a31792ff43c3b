"""What one value may be."""
