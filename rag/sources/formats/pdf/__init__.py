"""PDF: the words of its pages and where they stand, what they make, and pictures of pages for eyes and for OCR."""
