"""People of an engagement: contacts at the customer, their links and codes, and the team."""
