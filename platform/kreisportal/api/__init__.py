"""The JSON API: what programs may ask of a town, and of the region, with its description in OpenAPI."""
