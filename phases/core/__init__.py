"""What every phase shares: tables' base, accounts and access, audit, outbox, mail, files."""
