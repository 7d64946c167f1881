"""What the customer's pages show."""
