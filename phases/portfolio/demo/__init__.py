"""Five believable engagements, told as stories and built through the product's own services."""
