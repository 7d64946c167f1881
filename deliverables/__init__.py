"""Documents: context, template, PDF, register of issued documents."""
