"""Letters of a case: written, made, numbered; the office's own templates."""
