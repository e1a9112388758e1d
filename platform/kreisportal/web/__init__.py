"""What the faces share: the request's site, tenant and language, the page around a page, keeping it, sessions."""
