"""Files to take along: conversations, calculation sheets."""
