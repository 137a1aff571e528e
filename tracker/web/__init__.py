"""Pages: one module per noun, named as its service. ``guard`` is the door to all of them."""
