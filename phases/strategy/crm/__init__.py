"""CRM data in, facts out: exports uploaded, recognised, audited, and taken over as assumptions."""
