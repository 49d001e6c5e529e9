"""Claims of the section segmentation."""
