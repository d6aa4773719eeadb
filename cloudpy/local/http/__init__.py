"""Everything HTTP in front of the backend: server, router, gateway, HTTPS API, storage."""
