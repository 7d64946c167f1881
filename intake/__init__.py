"""The customer's side: links, homework, forms, uploads, approvals."""
