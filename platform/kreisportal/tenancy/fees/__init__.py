"""What a service costs at a tenant: a sum, steps, or a formula over a form's answers. Exact, in whole cents."""
