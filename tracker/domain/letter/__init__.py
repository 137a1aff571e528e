"""What each letter of a case states, which one may be sent now, and what one still lacks."""
