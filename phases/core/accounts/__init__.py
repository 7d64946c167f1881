"""Staff accounts: login, passwords, the users of an installation."""
