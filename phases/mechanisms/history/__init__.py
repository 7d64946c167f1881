"""Values before and after, kept beside the audit trail, whose events hold only keys."""
