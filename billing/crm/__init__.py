"""CRM exports in, facts out: reading, columns, audit, deal structure, motion."""
