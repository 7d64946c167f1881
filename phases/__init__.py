"""Running an engagement: tables, services, staff pages."""
