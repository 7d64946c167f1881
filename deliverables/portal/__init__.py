"""Documents on the customer's side."""
