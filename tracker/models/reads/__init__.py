"""The named reads, one file a noun. Every one takes the agency, or reads for the check and the proofs."""
